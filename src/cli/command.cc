#include "cli/command.h"

#include <algorithm>
#include <array>

namespace haul::cli {
namespace {

constexpr std::array kCommands = {
    Command{"pack", "pack many files into verified ZIP parts",
            "  haul pack /data/photos /backup\n"
            "      makes the set /backup/photos; given again, it continues where it stopped\n"
            "  haul pack /data/photos /backup --part-size 4GB --exclude '*.tmp'\n"
            "  haul pack /data/photos /backup --dry-run\n"
            "      says what would be done, and writes nothing\n"
            "  haul pack /data/photos s3://bucket/sets\n"
            "      with the credentials that the AWS tools would use\n",
            declare_pack},
    Command{"unpack", "bring a set, a folder of ZIPs or one ZIP back as files",
            "  haul unpack /backup/photos /data/restored\n"
            "  haul unpack /backup/photos /data/restored --include 'summer/**'\n"
            "  haul unpack /backup/photos/part-00001.zip /data/restored --if-exists=overwrite\n",
            declare_unpack},
    Command{"collect", "build a corpus of children's speech from openly licensed media",
            "  haul collect --example > plan.toml\n"
            "  haul collect plan.toml --dry-run\n"
            "      says what would be asked of whom, and asks nobody\n"
            "  haul collect plan.toml\n"
            "      given again, it continues; a changed plan applies from then on\n"
            "  haul collect plan.toml --limit 20\n",
            declare_collect},
    Command{"urls", "print the page of every accepted recording of a corpus", "  haul urls plan.toml\n",
            declare_urls},
    Command{"corpus", "say what a corpus has come to, and what is known of an item",
            "  haul corpus stats plan.toml\n"
            "  haul corpus show plan.toml https://video.example.org/w/abc\n"
            "      found where, judged how, left out why\n",
            declare_corpus},
    Command{"check", "read every recording of a corpus and compare it with its ledger",
            "  haul check plan.toml\n      5: a file is missing, changed, or nobody's\n", declare_check},
    Command{"verify", "read every byte of a set and compare it with its records",
            "  haul verify /backup/photos\n"
            "  haul verify /backup/photos --against /data/photos\n"
            "      also compares the set with the files that it was made from\n"
            "  haul verify /backup/photos --quick\n",
            declare_verify},
    Command{"estimate", "say what a pack would make, and write nothing",
            "  haul estimate /data/photos /backup\n"
            "  haul estimate /data/photos /backup --part-size 4GB --json\n"
            "  haul estimate --example-prices > prices.toml\n"
            "  haul estimate /data/photos s3://bucket/photos --prices prices.toml\n"
            "      also says what it costs\n",
            declare_estimate},
    Command{"ls", "list what is in a set",
            "  haul ls /backup/photos\n"
            "  haul ls -l /backup/photos '*.jpg'\n"
            "  haul ls -0 /backup/photos | xargs -0 -n1 echo\n",
            declare_ls},
    Command{"cat", "write one file of a set to standard output",
            "  haul cat /backup/photos summer/beach.jpg > beach.jpg\n", declare_cat, true},
    Command{"jobs", "list the jobs that this machine knows", "  haul jobs\n  haul jobs --json\n",
            declare_jobs},
    Command{"status", "show one job, also while it is at work",
            "  haul status 3f2a\n      the beginning of a job's id is enough\n  haul status 3f2a --watch\n",
            declare_status},
    Command{"resume", "continue a job with the arguments that it was started with", "  haul resume 3f2a\n",
            declare_resume},
    Command{"cancel", "stop a job and remove its temporaries, uploads and claim",
            "  haul cancel 3f2a\n      of a pack the parts go too, as no set refers to them\n",
            declare_cancel},
    Command{"forget", "remove the record of a job from this machine", "  haul forget 3f2a\n", declare_forget},
    Command{"doctor", "try out whether a store keeps its promises; end uploads left behind",
            "  haul doctor /mnt/nas\n"
            "      in a folder of its own there, which is gone again afterwards\n"
            "  haul doctor s3://bucket/backups --json\n"
            "  haul doctor s3://bucket/backups/photos --clean\n"
            "      end the uploads of a pack whose machine is gone for good\n",
            declare_doctor},
    Command{"listen", "say where speech is, whether a child speaks, and in which language",
            "  haul listen interview.mp4 tape-*.ogg\n"
            "  haul listen --json *.wav > heard.jsonl\n"
            "  haul listen --accept plan.toml *.opus\n"
            "      also says what the plan would take, and why not\n",
            declare_listen},
    Command{"models", "list, build, add and verify what listening decides with",
            "  haul models list\n"
            "  haul models build language\n"
            "      once; without it no language is found\n"
            "  haul models add child --path ours.onnx --sha256 6d1f... --labels adult,child\n"
            "      decides instead of ours, until `haul models remove child`\n",
            declare_models},
    Command{"completion", "print a completion script for a shell",
            "  haul completion bash > ~/.local/share/bash-completion/completions/haul\n"
            "  haul completion zsh > ~/.zfunc/_haul\n"
            "  haul completion fish > ~/.config/fish/completions/haul.fish\n",
            declare_completion},
    Command{"version", "print the version", "  haul version\n", declare_version},
};

}  // namespace

std::span<const Command> commands() { return kCommands; }

const Command* find_command(std::string_view name) {
    const auto* const at = std::find_if(kCommands.begin(), kCommands.end(),
                                        [name](const Command& command) { return command.name == name; });
    return at == kCommands.end() ? nullptr : at;
}

}  // namespace haul::cli
