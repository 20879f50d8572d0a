#include "flow/collect/corpus/audio_files.h"

#include <algorithm>
#include <limits>
#include <utility>

#include "flow/collect/corpus/corpus.h"

namespace haul::collect {

std::optional<AudioFiles::Rest> AudioFiles::rest_of(std::string_view id) {
    constexpr std::size_t kFolder = 2;
    Rest rest{};
    if (id.size() != kFolder + rest.size()) return std::nullopt;
    std::ranges::copy(id.substr(kFolder), rest.begin());
    return rest;
}

Result<std::optional<std::string>> AudioFiles::extension_of(const std::string& id,
                                                            const std::stop_token& stop) {
    const auto rest = rest_of(id);
    if (!rest) return std::optional<std::string>();
    const std::scoped_lock hold(lock_);
    const Folder& files = *TRY(folder("audio/" + id.substr(0, 2), stop));
    const auto found = std::ranges::lower_bound(files, *rest, {}, &File::rest);
    if (found == files.end() || found->rest != *rest) return std::optional<std::string>();
    return std::optional(extensions_[found->extension]);
}

Result<const AudioFiles::Folder*> AudioFiles::folder(const std::string& name, const std::stop_token& stop) {
    const auto known = folders_.find(name);
    if (known != folders_.end()) return &known->second;
    Folder files;
    for (const store::Object& object : TRY(store::list_folder(out_, name, stop)))
        if (object.kind == store::Kind::file)
            add(files, std::string_view(object.name).substr(name.size() + 1));
    // Of several with one id the first by name.
    std::ranges::stable_sort(files, {}, &File::rest);
    return &folders_.emplace(name, std::move(files)).first->second;
}

void AudioFiles::add(Folder& folder, std::string_view file) {
    const std::size_t dot = std::min(file.find('.'), file.size());
    const auto rest = rest_of(file.substr(0, dot));
    const std::string_view extension = dot < file.size() ? file.substr(dot + 1) : std::string_view();
    if (!rest || !is_extension(extension)) return;
    auto known = std::ranges::find(extensions_, extension);
    if (known == extensions_.end()) {
        if (extensions_.size() > std::numeric_limits<std::uint16_t>::max()) return;
        known = extensions_.emplace(extensions_.end(), extension);
    }
    folder.push_back({*rest, static_cast<std::uint16_t>(known - extensions_.begin())});
}

}  // namespace haul::collect
