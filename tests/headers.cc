// The precompiled header (CMakeLists.txt) needs a source to belong to.
