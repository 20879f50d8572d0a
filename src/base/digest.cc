#include "base/digest.h"

#include <isa-l/crc.h>
#include <openssl/evp.h>
#include <xxhash.h>
#include <zlib.h>

#include <array>
#include <new>
#include <utility>

#include "base/text.h"

// zlib's large-file macro would rename our function of the same name.
#undef crc32_combine

namespace haul::digest {
namespace {

struct Row {
    Algorithm algorithm;
    std::string_view name;
    std::size_t length;  // raw bytes
};
constexpr std::array kRows = {
    Row{Algorithm::none, "none", 0},
    Row{Algorithm::xxh128, "xxh128", 16},
    Row{Algorithm::sha256, "sha256", 32},
    Row{Algorithm::md5, "md5", 16},
};

const Row& row_of(Algorithm algorithm) { return kRows[static_cast<std::size_t>(algorithm)]; }

std::span<const std::byte> bytes_of(std::string_view text) { return std::as_bytes(std::span(text)); }

std::string canonical(XXH128_hash_t hash) {
    XXH128_canonical_t form;
    XXH128_canonicalFromHash(&form, hash);
    return {reinterpret_cast<const char*>(form.digest), sizeof form.digest};
}

// OpenSSL's calls on digests fail only for want of memory (or of the algorithm, which we cannot do without).
void require(bool worked) {
    if (!worked) throw std::bad_alloc();
}

// Fetched once: the lookup by name costs more than hashing a small input.
const ::EVP_MD* evp_of(Algorithm algorithm) {
    static const ::EVP_MD* const sha256 = ::EVP_MD_fetch(nullptr, "SHA256", nullptr);
    static const ::EVP_MD* const md5 = ::EVP_MD_fetch(nullptr, "MD5", "?fips=no");
    const ::EVP_MD* found = algorithm == Algorithm::sha256 ? sha256 : md5;
    require(found != nullptr);
    return found;
}

}  // namespace

std::uint32_t crc32(std::uint32_t crc, std::span<const std::byte> bytes) {
    return ::crc32_gzip_refl(crc, reinterpret_cast<const unsigned char*>(bytes.data()), bytes.size());
}

std::uint32_t crc32_combine(std::uint32_t crc_a, std::uint32_t crc_b, std::uint64_t length_b) {
    static_assert(sizeof(z_off64_t) == 8);
    return static_cast<std::uint32_t>(::crc32_combine64(crc_a, crc_b, static_cast<z_off64_t>(length_b)));
}

std::string_view name_of(Algorithm algorithm) { return row_of(algorithm).name; }

std::optional<Algorithm> algorithm_named(std::string_view name) {
    for (const Row& row : kRows) {
        if (row.name == name) return row.algorithm;
    }
    return std::nullopt;
}

struct Hasher::State {
    struct FreeXxh {
        void operator()(XXH3_state_t* state) const { XXH3_freeState(state); }
    };
    struct FreeEvp {
        void operator()(::EVP_MD_CTX* context) const { ::EVP_MD_CTX_free(context); }
    };
    Algorithm algorithm = Algorithm::none;
    std::unique_ptr<XXH3_state_t, FreeXxh> xxh;
    std::unique_ptr<::EVP_MD_CTX, FreeEvp> evp;
};

Hasher::Hasher(Algorithm algorithm) : state_(std::make_unique<State>()) {
    state_->algorithm = algorithm;
    if (algorithm == Algorithm::xxh128) {
        state_->xxh.reset(XXH3_createState());
        require(state_->xxh != nullptr);
    } else if (algorithm != Algorithm::none) {
        state_->evp.reset(::EVP_MD_CTX_new());
        require(state_->evp != nullptr);
    }
    reset();
}

Hasher::~Hasher() = default;
Hasher::Hasher(Hasher&&) noexcept = default;
Hasher& Hasher::operator=(Hasher&&) noexcept = default;

void Hasher::update(std::span<const std::byte> bytes) {
    if (bytes.empty()) return;
    if (state_->xxh) XXH3_128bits_update(state_->xxh.get(), bytes.data(), bytes.size());
    if (state_->evp) require(::EVP_DigestUpdate(state_->evp.get(), bytes.data(), bytes.size()) == 1);
}

std::string Hasher::finish() {
    if (state_->xxh) return canonical(XXH3_128bits_digest(state_->xxh.get()));
    std::string raw(row_of(state_->algorithm).length, '\0');
    if (state_->evp) {
        require(::EVP_DigestFinal_ex(state_->evp.get(), reinterpret_cast<unsigned char*>(raw.data()),
                                     nullptr) == 1);
    }
    return raw;
}

void Hasher::reset() {
    if (state_->xxh) XXH3_128bits_reset(state_->xxh.get());
    if (state_->evp)
        require(::EVP_DigestInit_ex2(state_->evp.get(), evp_of(state_->algorithm), nullptr) == 1);
}

std::string of(Algorithm algorithm, std::span<const std::byte> bytes) {
    if (algorithm == Algorithm::xxh128) return canonical(XXH3_128bits(bytes.data(), bytes.size()));
    std::string raw(row_of(algorithm).length, '\0');
    if (algorithm == Algorithm::none) return raw;
    require(::EVP_Digest(bytes.data(), bytes.size(), reinterpret_cast<unsigned char*>(raw.data()), nullptr,
                         evp_of(algorithm), nullptr) == 1);
    return raw;
}

std::string text(Algorithm algorithm, std::string_view raw) {
    if (algorithm == Algorithm::none) return {};
    return std::string(name_of(algorithm)) + ":" + text::hex(bytes_of(raw));
}

std::optional<Parsed> parse(std::string_view text) {
    const std::size_t colon = text.find(':');
    if (colon == std::string_view::npos) return std::nullopt;
    const auto algorithm = algorithm_named(text.substr(0, colon));
    if (!algorithm || *algorithm == Algorithm::none) return std::nullopt;
    auto raw = text::hex_decode(text.substr(colon + 1));
    if (!raw || raw->size() != row_of(*algorithm).length) return std::nullopt;
    return Parsed{*algorithm, std::move(*raw)};
}

Hash128 hash_of(std::string_view bytes) {
    const XXH128_hash_t hash = XXH3_128bits(bytes.data(), bytes.size());
    return (static_cast<Hash128>(hash.high64) << 64U) | hash.low64;
}

std::string sha256_hex(std::string_view bytes) {
    return text::hex(bytes_of(of(Algorithm::sha256, bytes_of(bytes))));
}

}  // namespace haul::digest
