// For tests only: recordings as WAV files, written by hand so that a test knows every byte.
#pragma once

#include <cmath>
#include <cstdint>
#include <cstring>
#include <fstream>
#include <numbers>
#include <string>
#include <vector>

namespace haul::test {

struct Wav {
    std::uint32_t rate = 16000;
    std::uint16_t channels = 1;
    std::uint16_t format = 1;      // 1: whole numbers, 3: floats
    std::uint32_t data_bytes = 0;  // as its head says; 0: as many as there are

    template <class Value>
    void write(const std::string& path, const std::vector<Value>& values) const {
        const auto bytes = static_cast<std::uint32_t>(values.size() * sizeof(Value));
        const std::uint32_t said = data_bytes == 0 ? bytes : data_bytes;
        std::string head = "RIFF";
        put(head, said > 0xFFFFFFFF - 36 ? 0xFFFFFFFF : said + 36);
        head += "WAVEfmt ";
        put(head, std::uint32_t{16});
        put(head, format);
        put(head, channels);
        put(head, rate);
        put(head, static_cast<std::uint32_t>(rate * channels * sizeof(Value)));
        put(head, static_cast<std::uint16_t>(channels * sizeof(Value)));
        put(head, static_cast<std::uint16_t>(8 * sizeof(Value)));
        head += "data";
        put(head, said);
        std::ofstream(path, std::ios::binary)
            << head << std::string(reinterpret_cast<const char*>(values.data()), bytes);
    }

  private:
    template <class Number>
    static void put(std::string& into, Number number) {
        into.append(reinterpret_cast<const char*>(&number), sizeof number);
    }
};

// `amplitude` of 32768, at `hertz`, interleaved over `channels` that all have the same.
inline std::vector<std::int16_t> tone(double seconds, std::uint32_t rate, double hertz, double amplitude,
                                      std::size_t channels = 1) {
    std::vector<std::int16_t> values;
    const auto count = static_cast<std::size_t>(seconds * rate);
    for (std::size_t i = 0; i < count; ++i) {
        const double phase = 2 * std::numbers::pi * hertz * static_cast<double>(i) / rate;
        values.insert(values.end(), channels, static_cast<std::int16_t>(amplitude * std::sin(phase)));
    }
    return values;
}

}  // namespace haul::test
