// For tests: TLS for the scripted server, with a certificate made on the spot for 127.0.0.1, signed by
// itself.
#pragma once

#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/ssl.h>
#include <openssl/x509v3.h>

#include <csignal>
#include <cstdio>
#include <memory>
#include <string>
#include <string_view>

#include "http/scripted_server.h"

namespace haul::http {

class TlsLine : public Line {
  public:
    TlsLine(int socket, SSL* ssl) : Line(socket), ssl_(ssl) {}
    ~TlsLine() override { SSL_free(ssl_); }
    long receive(char* into, std::size_t room) override {
        return SSL_read(ssl_, into, static_cast<int>(room));
    }
    bool send(std::string_view bytes) override {
        return SSL_write(ssl_, bytes.data(), static_cast<int>(bytes.size())) > 0;
    }

  private:
    SSL* ssl_;
};

class Tls {
  public:
    // Writes the certificate to `file`, as PEM.
    explicit Tls(const std::string& file) : context_(SSL_CTX_new(TLS_server_method())) {
        (void)std::signal(SIGPIPE, SIG_IGN);  // OpenSSL writes to sockets that clients have closed
        EVP_PKEY* key = EVP_EC_gen("P-256");
        X509* certificate = X509_new();
        X509_set_version(certificate, 2);
        ASN1_INTEGER_set(X509_get_serialNumber(certificate), 1);
        X509_gmtime_adj(X509_getm_notBefore(certificate), -3600);
        X509_gmtime_adj(X509_getm_notAfter(certificate), 3600);
        X509_set_pubkey(certificate, key);
        X509_NAME* name = X509_get_subject_name(certificate);
        X509_NAME_add_entry_by_txt(name, "CN", MBSTRING_ASC, reinterpret_cast<const unsigned char*>("test"),
                                   -1, -1, 0);
        X509_set_issuer_name(certificate, name);
        X509_EXTENSION* address = X509V3_EXT_conf_nid(nullptr, nullptr, NID_subject_alt_name, "IP:127.0.0.1");
        X509_add_ext(certificate, address, -1);
        X509_EXTENSION_free(address);
        X509_sign(certificate, key, EVP_sha256());
        SSL_CTX_use_certificate(context_, certificate);
        SSL_CTX_use_PrivateKey(context_, key);
        FILE* out = std::fopen(file.c_str(), "w");
        PEM_write_X509(out, certificate);
        (void)std::fclose(out);
        X509_free(certificate);
        EVP_PKEY_free(key);
    }
    ~Tls() { SSL_CTX_free(context_); }
    Tls(const Tls&) = delete;
    Tls& operator=(const Tls&) = delete;

    [[nodiscard]] std::unique_ptr<Line> accept(int socket) const {
        SSL* ssl = SSL_new(context_);
        SSL_set_fd(ssl, socket);
        if (SSL_accept(ssl) == 1) return std::make_unique<TlsLine>(socket, ssl);
        SSL_free(ssl);
        return nullptr;
    }

  private:
    SSL_CTX* context_;
};

}  // namespace haul::http
