// bench_speech_language build FOLDER NAME: builds a model of ours, as `haul models build` does.
// bench_speech_language judge FOLDER: says which languages are spoken, by the model there.
//
// To judge, standard input holds joined speech, each as a count (32 bits) and that many 32-bit floats at
// 16 kHz. A line each comes out: the likeliest language, its probability, milliseconds.
#include <chrono>
#include <cstdint>
#include <cstdio>
#include <string>
#include <vector>

#include "speech/language/language.h"

namespace haul::speech {
namespace {

Status judge_all(const std::string& folder) {
    const auto model = TRY(find_model(folder, Role::language));
    if (!model) return failure(Code::not_found, "find", folder, "no model of languages was built there");
    LanguageJudge judge = TRY(LanguageJudge::create(*model));
    for (std::uint32_t samples = 0; std::fread(&samples, sizeof samples, 1, stdin) == 1;) {
        std::vector<float> speech(samples);
        if (std::fread(speech.data(), sizeof(float), samples, stdin) != samples)
            return failure(Code::corrupt, "read", "standard input", "it ends in the middle");
        const auto began = std::chrono::steady_clock::now();
        const LanguageFinding finding = TRY(judge.judge(speech));
        const std::chrono::duration<double, std::milli> took = std::chrono::steady_clock::now() - began;
        std::printf("%s %.3f %.1f\n", finding.code.c_str(), finding.p, took.count());
    }
    return {};
}

Status run(const std::vector<std::string>& words) {
    if (words.size() == 2 && words[0] == "judge") return judge_all(words[1]);
    if (words.size() != 3 || words[0] != "build")
        return failure(Code::usage, "run", "bench_speech_language", "see the top of its source");
    std::printf("%s\n", TRY(build(words[1], words[2], builders_folder(), {})).path.c_str());
    return {};
}

}  // namespace
}  // namespace haul::speech

int main(int count, char** words) {
    const auto done = haul::speech::run({words + 1, words + count});
    if (!done) std::fprintf(stderr, "%s\n", done.error().message().c_str());
    return done ? 0 : 1;
}
