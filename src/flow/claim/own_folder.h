// `.haul/`, the folder at a destination that is a job's own while it is at work, and what is kept where in it
// by every kind of job (docs/format.md, ".haul/").
#pragma once

namespace haul::claim {

inline constexpr const char* kOwnFolder = ".haul";             // gone when the job is over, its claims last
inline constexpr const char* kUploadFolder = ".haul/uploads";  // which uploads a service keeps out of sight
inline constexpr const char* kScratchFolder = ".haul/tmp";     // temporaries of local stores

}  // namespace haul::claim
