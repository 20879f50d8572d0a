// A change of a folder of models: one process at a time, and what it did not finish is gone with it.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "base/file.h"
#include "speech/models/models.h"

namespace haul::speech {

class Change {
  public:
    // Makes the folder where it is missing, and removes what a change that was killed left.
    // Code::busy: another process changes it.
    [[nodiscard]] static Result<Change> begin(const std::string& folder);
    ~Change();
    Change(Change&& other) noexcept;
    Change& operator=(Change&&) = delete;

    // A folder of this change alone, empty, on the same file system; it is removed when the change ends.
    [[nodiscard]] const std::string& workplace() const { return workplace_; }
    // Code::no_space: fewer bytes are free.
    [[nodiscard]] Status need(std::uint64_t bytes) const;
    // The models there are now.
    [[nodiscard]] const std::vector<Model>& models() const { return models_; }
    // Takes the file `made` (durable, in the workplace, of the model's hash) in, in the place of the model of
    // the same role and owner. Gives the model with its path.
    [[nodiscard]] Result<Model> put(const std::string& made, Model model);
    // Takes out the operator's model of that role; false: there is none.
    [[nodiscard]] Result<bool> take_out(Role role);

  private:
    Change(std::string folder, file::Fd lock) : folder_(std::move(folder)), lock_(std::move(lock)) {}
    // Files that no model is of any more.
    void sweep() const;

    std::string folder_, workplace_;
    file::Fd lock_;
    std::vector<Model> models_;
};

}  // namespace haul::speech
