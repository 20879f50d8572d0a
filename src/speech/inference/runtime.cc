#include "speech/inference/runtime.h"

#include <dlfcn.h>

#include <bit>
#include <filesystem>
#include <string>
#include <system_error>

#include "base/process.h"

namespace haul::speech {
namespace {

namespace fs = std::filesystem;

constexpr const char* kModule = "haul-openvino.so";

Result<LoadNetwork*> find_runtime() {
    std::error_code unseen;
    const fs::path folder = process::program_folder();
    std::string why =
        "there is no " + std::string(kModule) + " in " + folder.string() + " or its ../lib/haul";
    for (const fs::path& path : {folder / kModule, folder.parent_path() / "lib/haul" / kModule}) {
        if (!fs::exists(path, unseen)) continue;
        void* module = ::dlopen(path.c_str(), RTLD_NOW | RTLD_LOCAL);
        void* symbol = module != nullptr ? ::dlsym(module, kLoadNetwork) : nullptr;
        if (symbol != nullptr) return std::bit_cast<LoadNetwork*>(symbol);
        const char* said = ::dlerror();
        why = said != nullptr ? said : "the loader does not say why";
    }
    return failure(
        make_error(Code::unsupported, "load the runtime of networks", kModule, why)
            .with_remedy("install haul-speech again; until then speech is found without a network"));
}

}  // namespace

Result<LoadNetwork*> runtime() {
    static const Result<LoadNetwork*> found = find_runtime();
    return found;
}

}  // namespace haul::speech
