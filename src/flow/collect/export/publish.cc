#include "flow/collect/export/publish.h"

#include <fmt/format.h>

#include <algorithm>
#include <cstddef>
#include <span>
#include <utility>
#include <vector>

#include "base/digest.h"
#include "base/fault_point.h"
#include "base/text.h"
#include "flow/collect/export/current.h"
#include "store/end_upload.h"
#include "store/send_file.h"
#include "store/side_by_side.h"

namespace haul::collect {
namespace {

constexpr std::uint64_t kAtOnce = 8ULL << 20U;  // is read
// Where audiofolder looks for audio: only beneath the folder of metadata.jsonl, and never up with `..`.
constexpr const char* kAudio = "audio";
constexpr std::string_view kAudioTarget = "../../audio";

std::string temporary(std::string_view what) { return fmt::format("{}/{}{}-", kExports, kTemporary, what); }

// One view on its way from this machine to the corpus.
class Passage {
  public:
    Passage(store::Store& corpus, const Views& views, const View& view, const std::stop_token& stop)
        : corpus_(corpus),
          view_(view),
          stop_(stop),
          path_(views.folder + "/" + view.name),
          name_(folder_of(views.state) + "/" + view.name) {}

    // With its bytes.
    [[nodiscard]] Result<bool> is_there() {
        const auto there = TRY(store::find_file(corpus_, name_));
        return there && there->size == view_.bytes && TRY(is_right());
    }

    [[nodiscard]] Status run() {
        if (TRY(is_there())) return {};
        const auto there = TRY(store::find_file(corpus_, name_));
        // What is there and wrong was made by nobody who finished: it is replaced as a whole.
        TRY(store::send_file(corpus_, path_, name_,
                             {.replaces = there.has_value(), .scratch = temporary("view")}, stop_));
        if (TRY(is_right())) return {};
        return failure(
            make_error(Code::corrupt, "export", name_, "what was written reads back as something else")
                .with_remedy("check the disk or service; the same command writes it again"));
    }

  private:
    [[nodiscard]] Result<bool> is_right() {
        digest::Hasher hasher(digest::Algorithm::sha256);
        TRY(store::read_through(
            corpus_, name_, view_.bytes, kAtOnce,
            [&](std::span<const std::byte> bytes) -> Status {
                hasher.update(bytes);
                return {};
            },
            stop_));
        const std::string digest = hasher.finish();
        return text::hex(std::as_bytes(std::span(digest))) == view_.sha256;
    }

    store::Store& corpus_;
    const View& view_;
    const std::stop_token& stop_;
    std::string path_, name_;
};

// A folder only: services have no links, and docs/corpus.md says what readers do there.
Status link_audio(store::Store& corpus, const std::string& state) {
    if (store::is_service(corpus.capabilities())) return {};
    store::Write write;
    write.name = folder_of(state) + "/" + kAudio;
    if (const auto there = TRY(store::find_object(corpus, write.name));
        there && there->target == kAudioTarget)
        return {};
    write.kind = store::Kind::symlink;
    write.bytes = std::as_bytes(std::span(kAudioTarget));
    corpus.write_many(std::span(&write, 1), {.scratch = temporary("audio")}, {});
    return std::move(write.result);
}

}  // namespace

Result<std::vector<std::string>> wrong_views(store::Store& corpus, const Views& views,
                                             const std::stop_token& stop) {
    std::vector<std::string> names;
    for (const View& view : views.files)
        if (!TRY(Passage(corpus, views, view, stop).is_there()))
            names.push_back(folder_of(views.state) + "/" + view.name);
    return names;
}

Status publish_views(store::Store& corpus, const Views& views, const std::stop_token& stop) {
    for (const View& view : views.files) {
        TRY(Passage(corpus, views, view, stop).run());
        FAULT_POINT("export.between_views");
    }
    return link_audio(corpus, views.state);
}

Status sweep_exports(store::Store& corpus, std::initializer_list<std::string_view> keep,
                     const std::stop_token& stop) {
    std::string before;
    for (const store::Object& object : TRY(store::list_folder(corpus, kExports, stop))) {
        const std::string_view beneath =
            std::string_view(object.name).substr(std::string_view(kExports).size() + 1);
        const std::string name(beneath.substr(0, beneath.find('/')));
        if (name.starts_with(kTemporary)) TRY(store::remove_object(corpus, object.name));
        if (!is_state(name) || name == before || std::ranges::find(keep, name) != keep.end()) continue;
        before = name;
        TRY(store::remove_folder(corpus, folder_of(name), stop));
        FAULT_POINT("export.between_sweeps");
    }
    return {};
}

Status end_uploads(store::Store& corpus, const std::string& state) {
    for (const char* view : kViewNames) {
        const std::string name = folder_of(state) + "/" + view;
        for (const store::PendingUpload& upload : TRY(corpus.uploads_of(name)))
            TRY(store::end_upload(corpus, upload.name, upload.id));
    }
    return {};
}

}  // namespace haul::collect
