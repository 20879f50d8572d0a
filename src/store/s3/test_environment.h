// For tests only: an environment without any variable or file of AWS, which the test then fills.
#pragma once

#include <fcntl.h>
#include <unistd.h>

#include <cstdlib>
#include <map>
#include <string>
#include <vector>

#include "base/file.h"
#include "base/test_folder.h"

namespace haul::store::s3::test {

class Environment {
  public:
    Environment() {
        std::vector<std::string> names = {"HOME"};
        for (char** entry = environ; *entry != nullptr; ++entry) {
            const std::string text = *entry;
            if (text.starts_with("AWS_")) names.push_back(text.substr(0, text.find('=')));
        }
        for (const std::string& name : names) {
            if (const char* value = std::getenv(name.c_str())) before_[name] = value;
            ::unsetenv(name.c_str());
        }
        set("HOME", home_.path());
        set("AWS_EC2_METADATA_DISABLED", "true");
    }
    ~Environment() {
        for (const std::string& name : set_) ::unsetenv(name.c_str());
        for (const auto& [name, value] : before_) ::setenv(name.c_str(), value.c_str(), 1);
    }
    Environment(const Environment&) = delete;
    Environment& operator=(const Environment&) = delete;

    void set(const std::string& name, const std::string& value) {
        set_.push_back(name);
        ::setenv(name.c_str(), value.c_str(), 1);
    }
    // A file beneath HOME: ".aws/config". Returns its path.
    std::string file(const std::string& name, const std::string& text) {
        if (name.contains('/') && !file::make_folders(home_.fd(), name.substr(0, name.rfind('/'))))
            std::abort();
        if (!file::write_durably(home_.fd(), name, text, false)) std::abort();
        return home_.path(name);
    }
    [[nodiscard]] std::string home() const { return home_.path(); }

  private:
    haul::test::Folder home_;
    std::map<std::string, std::string> before_;
    std::vector<std::string> set_;
};

}  // namespace haul::store::s3::test
