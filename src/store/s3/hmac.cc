#include "store/s3/hmac.h"

#include <openssl/core_names.h>
#include <openssl/evp.h>
#include <openssl/params.h>

#include <cstddef>
#include <memory>
#include <new>
#include <string>

namespace haul::store::s3 {
namespace {

struct Free {
    void operator()(::EVP_MAC_CTX* context) const { ::EVP_MAC_CTX_free(context); }
    void operator()(::EVP_MAC* algorithm) const { ::EVP_MAC_free(algorithm); }
};
using Context = std::unique_ptr<::EVP_MAC_CTX, Free>;

// OpenSSL's calls fail here only for want of memory (or of the algorithm, which we cannot do without).
void require(bool worked) {
    if (!worked) throw std::bad_alloc();
}

Context make_context() {
    const std::unique_ptr<::EVP_MAC, Free> algorithm(::EVP_MAC_fetch(nullptr, OSSL_MAC_NAME_HMAC, nullptr));
    require(algorithm != nullptr);
    Context context(::EVP_MAC_CTX_new(algorithm.get()));
    require(context != nullptr);
    std::string digest = "SHA256";
    const std::array params = {
        ::OSSL_PARAM_construct_utf8_string(OSSL_MAC_PARAM_DIGEST, digest.data(), digest.size()),
        ::OSSL_PARAM_construct_end()};
    require(::EVP_MAC_CTX_set_params(context.get(), params.data()) == 1);
    return context;
}

const unsigned char* bytes(std::string_view text) {
    return reinterpret_cast<const unsigned char*>(text.data());
}

}  // namespace

Mac hmac(std::string_view key, std::string_view message) {
    thread_local const Context context = make_context();
    Mac mac{};
    std::size_t length = 0;
    require(::EVP_MAC_init(context.get(), bytes(key), key.size(), nullptr) == 1 &&
            ::EVP_MAC_update(context.get(), bytes(message), message.size()) == 1 &&
            ::EVP_MAC_final(context.get(), reinterpret_cast<unsigned char*>(mac.data()), &length,
                            mac.size()) == 1 &&
            length == mac.size());
    return mac;
}

}  // namespace haul::store::s3
