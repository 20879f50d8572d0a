#include "zip/whole_inflate.h"

#include <libdeflate.h>

#include <memory>

namespace haul::zip {

bool inflate_whole(std::span<const std::byte> stored, std::span<std::byte> contents) {
    struct Free {
        void operator()(libdeflate_decompressor* decompressor) const {
            libdeflate_free_decompressor(decompressor);
        }
    };
    thread_local const std::unique_ptr<libdeflate_decompressor, Free> decompressor(
        libdeflate_alloc_decompressor());
    if (!decompressor) return false;
    std::size_t taken = 0, made = 0;
    const auto said = libdeflate_deflate_decompress_ex(decompressor.get(), stored.data(), stored.size(),
                                                       contents.data(), contents.size(), &taken, &made);
    return said == LIBDEFLATE_SUCCESS && taken == stored.size() && made == contents.size();
}

}  // namespace haul::zip
