// Carries the precompiled headers; see precompiled.h.
