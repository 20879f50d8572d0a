// Whether a file stops before the end that its container declares. libav takes the end of the file for that
// of the recording and says nothing. Known of Ogg, RIFF (wav, avi), FORM (aiff) and Matroska.
#pragma once

#include "speech/decode/source_file.h"

namespace haul::speech {

// A stream that was written by somebody who could not go back to its head: what stands there as its length is
// none, and that its last packet is a short one means nothing. Known of RIFF and FORM.
[[nodiscard]] bool declares_no_end(const SourceFile& file);

// False also where the container declares none.
[[nodiscard]] bool ends_before_its_declared_end(const SourceFile& file);

}  // namespace haul::speech
