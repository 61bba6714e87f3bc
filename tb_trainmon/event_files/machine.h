/* What Cython cannot say: loads from any address, the processor's own CRC32C, half precision.

   CRC32C (Castagnoli) runs on SSE4.2 and on ARMv8's CRC extension, found at run time; elsewhere
   eight bytes at a time through tables ("slice by 8"). Inline assembly instead of intrinsics, as
   those would need the whole caller compiled for a processor that may not be the user's. One chain
   of instructions does 8 bytes in 3 cycles, and the records of a log are 30 to 60 bytes: several
   chains side by side would be of use for images alone. */

#ifndef TRAINMON_MACHINE_H
#define TRAINMON_MACHINE_H

#include <math.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#if defined(__BYTE_ORDER__) && __BYTE_ORDER__ != __ORDER_LITTLE_ENDIAN__
#error "Event files are little-endian; on other machines the Python decoder reads them."
#endif

#if defined(__x86_64__) && (defined(__GNUC__) || defined(__clang__))
#define CRC32C_X86 1
#elif defined(__aarch64__) && (defined(__GNUC__) || defined(__clang__))
#define CRC32C_ARM 1
#if defined(__linux__)
#include <sys/auxv.h>
#endif
#endif

#if defined(__linux__)
#include <sys/mman.h>
#endif

/* ---- loads ------------------------------------------------------------------------------------ */

static inline uint16_t load_u16(const uint8_t *at) { uint16_t v; memcpy(&v, at, 2); return v; }
static inline uint32_t load_u32(const uint8_t *at) { uint32_t v; memcpy(&v, at, 4); return v; }
static inline uint64_t load_u64(const uint8_t *at) { uint64_t v; memcpy(&v, at, 8); return v; }
static inline double load_f32(const uint8_t *at) { float v; memcpy(&v, at, 4); return (double)v; }
static inline double load_f64(const uint8_t *at) { double v; memcpy(&v, at, 8); return v; }

/* memcmp without a call, which for 30 bytes costs more than the comparison. */
static inline int same_bytes(const uint8_t *a, const uint8_t *b, size_t size) {
    if (size < 8)
        return memcmp(a, b, size) == 0;
    for (size_t at = 0; at + 8 < size; at += 8)
        if (load_u64(a + at) != load_u64(b + at))
            return 0;
    return load_u64(a + size - 8) == load_u64(b + size - 8);
}

/* The finite or infinite number whose half precision bits these are. */
static inline double half_to_double(uint16_t bits) {
    int exponent = bits >> 10 & 0x1F;
    int mantissa = bits & 0x3FF;
    double size;
    if (exponent == 0)
        size = ldexp(mantissa, -24);
    else if (exponent == 31)
        size = INFINITY;
    else
        size = ldexp(mantissa + 1024, exponent - 25);
    return bits & 0x8000 ? -size : size;
}

/* ---- CRC32C ----------------------------------------------------------------------------------- */

static uint32_t crc32c_table[8][256];
static int crc32c_hardware = 0;

static void crc32c_begin(void) {
    for (uint32_t byte = 0; byte < 256; byte++) {
        uint32_t crc = byte;
        for (int bit = 0; bit < 8; bit++)
            crc = crc & 1 ? crc >> 1 ^ 0x82F63B78u : crc >> 1;
        crc32c_table[0][byte] = crc;
    }
    for (int slice = 1; slice < 8; slice++)
        for (int byte = 0; byte < 256; byte++) {
            uint32_t crc = crc32c_table[slice - 1][byte];
            crc32c_table[slice][byte] = crc >> 8 ^ crc32c_table[0][crc & 0xFF];
        }
#if defined(CRC32C_X86)
    __builtin_cpu_init();
    crc32c_hardware = __builtin_cpu_supports("sse4.2") != 0;
#elif defined(CRC32C_ARM) && defined(__APPLE__)
    crc32c_hardware = 1;
#elif defined(CRC32C_ARM) && defined(__linux__)
    crc32c_hardware = (getauxval(AT_HWCAP) >> 7 & 1) != 0; /* HWCAP_CRC32 */
#endif
}

static uint32_t crc32c_software(const uint8_t *at, size_t size) {
    uint32_t crc = 0xFFFFFFFFu;
    for (; size >= 8; at += 8, size -= 8) {
        uint64_t x = load_u64(at) ^ crc;
        crc = crc32c_table[7][x & 0xFF] ^ crc32c_table[6][x >> 8 & 0xFF] ^
              crc32c_table[5][x >> 16 & 0xFF] ^ crc32c_table[4][x >> 24 & 0xFF] ^
              crc32c_table[3][x >> 32 & 0xFF] ^ crc32c_table[2][x >> 40 & 0xFF] ^
              crc32c_table[1][x >> 48 & 0xFF] ^ crc32c_table[0][x >> 56];
    }
    for (; size; at++, size--)
        crc = crc >> 8 ^ crc32c_table[0][(crc ^ *at) & 0xFF];
    return ~crc;
}

#if defined(CRC32C_X86)
#define CRC32C_STEP(suffix, crc, value) __asm__("crc32" suffix " %1, %0" : "+r"(crc) : "rm"(value))
#define CRC32C_8(crc, v) CRC32C_STEP("q", crc, v)
#define CRC32C_4(crc, v) { uint32_t low = (uint32_t)crc; CRC32C_STEP("l", low, v); crc = low; }
#define CRC32C_2(crc, v) { uint32_t low = (uint32_t)crc; CRC32C_STEP("w", low, v); crc = low; }
#define CRC32C_1(crc, v) { uint32_t low = (uint32_t)crc; CRC32C_STEP("b", low, v); crc = low; }
#elif defined(CRC32C_ARM)
#define CRC32C_STEP(suffix, size, crc, value) \
    __asm__(".arch_extension crc\n\tcrc32c" suffix " %w0, %w0, %" size "1" : "+r"(crc) : "r"(value))
#define CRC32C_8(crc, v) CRC32C_STEP("x", "x", crc, v)
#define CRC32C_4(crc, v) CRC32C_STEP("w", "w", crc, v)
#define CRC32C_2(crc, v) CRC32C_STEP("h", "w", crc, (uint32_t)(v))
#define CRC32C_1(crc, v) CRC32C_STEP("b", "w", crc, (uint32_t)(v))
#endif

static inline uint32_t crc32c(const uint8_t *at, size_t size) {
#if defined(CRC32C_8)
    if (crc32c_hardware) {
        uint64_t crc = 0xFFFFFFFFu;
        for (; size >= 8; at += 8, size -= 8)
            CRC32C_8(crc, load_u64(at));
        if (size & 4) {
            CRC32C_4(crc, load_u32(at));
            at += 4;
        }
        if (size & 2) {
            CRC32C_2(crc, load_u16(at));
            at += 2;
        }
        if (size & 1)
            CRC32C_1(crc, *at);
        return ~(uint32_t)crc;
    }
#endif
    return crc32c_software(at, size);
}

/* As TFRecord stores it: rotated, and shifted by a constant (tensorflow/core/lib/hash/crc32c.h). */
static inline uint32_t masked_crc32c(const uint8_t *at, size_t size) {
    uint32_t crc = crc32c(at, size);
    return (crc >> 15 | crc << 17) + 0xA282EAD8u;
}

#endif
