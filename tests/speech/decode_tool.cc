// Decodes files as haul-speech does and says what came of each, for suite speech:
//
//   speech_decode_tool [--raw FILE] PATH…     (`-`: paths from standard input)
//
// One JSON object a path, and one at the end about the whole run. --raw: all samples, 32-bit floats.
#include <dirent.h>
#include <fcntl.h>
#include <unistd.h>

#include <iostream>
#include <string>
#include <vector>

#include "base/clock.h"
#include "base/file.h"
#include "base/json.h"
#include "speech/decode/child.h"
#include "speech/decode/decoder.h"

namespace {

using namespace haul;

struct Request {
    std::string raw;
    std::vector<std::string> paths;
};

Request parse(const std::vector<std::string>& words) {
    Request request;
    for (std::size_t i = 0; i < words.size(); ++i) {
        if (words[i] == "--raw")
            request.raw = words.at(++i);
        else if (words[i] == "-")
            for (std::string line; std::getline(std::cin, line);) request.paths.push_back(line);
        else
            request.paths.push_back(words[i]);
    }
    return request;
}

std::size_t open_descriptors() {
    std::size_t count = 0;
    ::DIR* folder = ::opendir("/proc/self/fd");
    while (::readdir(folder) != nullptr) ++count;
    ::closedir(folder);
    return count;
}

json::Ordered as_json(const Error& error) {
    return {{"code", name_of(error.code)},
            {"message", error.message()},
            {"kept", error.kept},
            {"remedy", error.remedy}};
}

json::Ordered as_json(const speech::Decoded& decoded) {
    json::Ordered object = {{"decoder", decoded.decoder},
                            {"samples", decoded.samples},
                            {"rate", decoded.source_rate},
                            {"channels", decoded.source_channels},
                            {"clipped", decoded.clipped}};
    if (decoded.claimed_seconds) object["claimed"] = *decoded.claimed_seconds;
    if (decoded.cut) object["cut"] = as_json(*decoded.cut);
    return object;
}

json::Ordered decode(speech::Decoder& decoder, const std::string& path, int raw) {
    const auto take = [&](std::span<const float> samples) -> Status {
        if (raw < 0) return {};
        return file::append_all(raw, std::as_bytes(samples), "the samples");
    };
    const auto before = clock::boot();
    const auto decoded = decoder.decode(path, take, {});
    json::Ordered object = {{"path", path},
                            {"seconds", std::chrono::duration<double>(clock::boot() - before).count()}};
    if (decoded)
        object.update(as_json(*decoded));
    else
        object["error"] = as_json(decoded.error());
    return object;
}

int run(const Request& request) {
    const file::Fd raw(request.raw.empty()
                           ? -1
                           : ::open(request.raw.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0666));
    const std::size_t before = open_descriptors();
    {
        auto decoder = speech::Decoder::create({});
        if (!decoder) {
            std::cerr << decoder.error().message() << '\n';
            return 1;
        }
        for (const std::string& path : request.paths)
            std::cout << json::dump(decode(*decoder, path, raw.get())) << std::endl;
    }
    std::cout << json::dump(json::Ordered{{"descriptors_lost", open_descriptors() - before}}) << '\n';
    return 0;
}

}  // namespace

int main(int argc, char** argv) {
    const std::vector<std::string> words(argv + 1, argv + argc);
    if (!words.empty() && words.front() == "decode-child") speech::run_decoder_child();
    return run(parse(words));
}
