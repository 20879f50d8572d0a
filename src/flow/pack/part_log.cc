#include "flow/pack/part_log.h"

#include <fcntl.h>
#include <fmt/format.h>

namespace haul::pack {

std::string part_log_path(std::uint32_t part, std::uint32_t revision, std::string_view ending) {
    return fmt::format("parts/part-{:05}.r{}{}", part, revision, ending);
}

Result<file::Fd> open_part_log(const std::string& folder, const std::string& path, bool fresh) {
    const file::Fd root = TRY(file::open_folder(folder));
    TRY(file::make_folders(root.get(), "parts"));
    file::Fd log = TRY(file::open_at(root.get(), path, O_RDWR | O_CREAT | (fresh ? O_TRUNC : 0), 0600));
    TRY(file::sync_folder(root.get(), "parts"));
    return log;
}

void remove_part_logs(const std::string& folder, std::uint32_t part, std::uint32_t last,
                      std::string_view ending) {
    const auto root = file::open_folder(folder);
    if (!root) return;
    for (std::uint32_t revision = 1; revision <= last; ++revision) {
        if (auto gone = file::unlink_at(root->get(), part_log_path(part, revision, ending)); !gone) continue;
    }
}

}  // namespace haul::pack
