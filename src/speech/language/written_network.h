// For tests only: small networks as ONNX files, written byte by byte.
#pragma once

#include <bit>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace haul::test {

// Protocol Buffers: a field of a number, and one of bytes.
inline std::string varint(std::uint64_t value) {
    std::string bytes;
    for (; value >= 128; value >>= 7U) bytes.push_back(static_cast<char>(value | 128U));
    bytes.push_back(static_cast<char>(value));
    return bytes;
}
inline std::string number(std::uint64_t field, std::uint64_t value) {
    return varint(field << 3U) + varint(value);
}
inline std::string bytes(std::uint64_t field, std::string_view content) {
    return varint(field << 3U | 2U) + varint(content.size()) + std::string(content);
}

struct Attribute {
    std::string name;
    std::int64_t value = 0;
    bool list = false;
};

inline std::string node(std::string_view operation, const std::vector<std::string>& inputs,
                        std::string_view output, const std::vector<Attribute>& attributes = {}) {
    std::string content;
    for (const std::string& input : inputs) content += bytes(1, input);
    content += bytes(2, output) + bytes(4, operation);
    for (const Attribute& one : attributes) {
        const auto value = static_cast<std::uint64_t>(one.value);
        content +=
            bytes(5, bytes(1, one.name) + number(one.list ? 8 : 3, value) + number(20, one.list ? 7 : 2));
    }
    return bytes(1, content);
}

// 0: a dimension that is left open.
inline std::string port(std::uint64_t field, std::string_view name, const std::vector<std::uint64_t>& shape) {
    std::string dimensions;
    for (const std::uint64_t size : shape)
        dimensions += bytes(1, size == 0 ? bytes(2, "open") : number(1, size));
    return bytes(field, bytes(1, name) + bytes(2, bytes(1, number(1, 1) + bytes(2, dimensions))));
}
inline std::string input(std::string_view name, const std::vector<std::uint64_t>& shape) {
    return port(11, name, shape);
}
inline std::string output(std::string_view name, const std::vector<std::uint64_t>& shape) {
    return port(12, name, shape);
}

// A row of numbers: [1, values.size()].
inline std::string constant(std::string_view name, const std::vector<float>& values) {
    std::string raw;
    for (const float value : values)
        for (unsigned shift = 0; shift < 32; shift += 8)
            raw.push_back(static_cast<char>(std::bit_cast<std::uint32_t>(value) >> shift));
    return bytes(5, number(1, 1) + number(1, values.size()) + number(2, 1) + bytes(8, name) + bytes(9, raw));
}

inline std::string network(const std::string& parts) {
    return number(1, 8) + bytes(7, parts + bytes(2, "written")) + bytes(8, number(2, 17));
}

}  // namespace haul::test
