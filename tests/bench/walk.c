/* The yardstick: the plainest fast C that reads scalars from event files into columns by tag.

       cc -O3 -o walk walk.c && ./walk FILE...

   Framing, hardware CRC32C of lengths and data, wall time, step and simple_value or float_val,
   columns per tag that grow by realloc. It knows the two layouts that the benchmarks write, forgives
   nothing and keeps every column until it ends. Prints points, and the sum of all values so that
   nothing is optimised away. x86-64 with SSE4.2. */

#include <fcntl.h>
#include <nmmintrin.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define CHUNK (1 << 20)
#define MOST_TAGS 64

typedef struct {
    char name[128];
    size_t name_size, size, capacity;
    int64_t *step;
    double *wall_time, *value;
} Tag;

typedef struct {
    Tag tags[MOST_TAGS];
    int count;
} File;

static size_t points;
static double sum;

__attribute__((target("sse4.2"))) static inline uint32_t masked_crc32c(const uint8_t *p, size_t n) {
    uint64_t crc = 0xFFFFFFFFu;
    uint64_t eight;
    for (; n >= 8; p += 8, n -= 8) {
        memcpy(&eight, p, 8);
        crc = _mm_crc32_u64(crc, eight);
    }
    for (; n; p++, n--)
        crc = _mm_crc32_u8((uint32_t)crc, *p);
    uint32_t done = ~(uint32_t)crc;
    return (done >> 15 | done << 17) + 0xA282EAD8u;
}

static void fail(const char *why) {
    fprintf(stderr, "walk: %s\n", why);
    exit(1);
}

static const uint8_t *varint(const uint8_t *p, uint64_t *number) {
    int shift = 0;
    *number = 0;
    do
        *number |= (uint64_t)(*p & 0x7F) << shift, shift += 7;
    while (*p++ & 0x80);
    return p;
}

static void append(File *file, int *guess, const uint8_t *name, size_t size, int64_t step,
                   double wall_time, float value) {
    int t = *guess < file->count ? *guess : 0;
    for (int tries = 0;; tries++, t = t + 1 < file->count ? t + 1 : 0) {
        if (tries >= file->count) {
            if ((t = file->count++) == MOST_TAGS || size > sizeof file->tags[t].name)
                fail("tags");
            memcpy(file->tags[t].name, name, size);
            file->tags[t].name_size = size;
            break;
        }
        if (file->tags[t].name_size == size && !memcmp(file->tags[t].name, name, size))
            break;
    }
    *guess = t + 1;
    Tag *tag = &file->tags[t];
    if (tag->size == tag->capacity) {
        tag->capacity = tag->capacity ? tag->capacity * 2 : 64;
        tag->step = realloc(tag->step, tag->capacity * 8);
        tag->wall_time = realloc(tag->wall_time, tag->capacity * 8);
        tag->value = realloc(tag->value, tag->capacity * 8);
    }
    tag->step[tag->size] = step;
    tag->wall_time[tag->size] = wall_time;
    tag->value[tag->size] = value;
    tag->size++;
    points++;
    sum += value;
}

static void event(File *file, int *guess, const uint8_t *p, const uint8_t *end) {
    double wall_time;
    uint64_t step = 0, size;
    if (*p++ != 0x09)
        fail("wall time");
    memcpy(&wall_time, p, 8);
    p += 8;
    if (p < end && *p == 0x10)
        p = varint(p + 1, &step);
    if (p == end || *p != 0x2A)
        return; /* file_version */
    p = varint(p + 1, &size);
    if (*p != 0x0A)
        fail("summary");
    p = varint(p + 1, &size);
    if (*p != 0x0A)
        fail("tag");
    p = varint(p + 1, &size);
    const uint8_t *name = p;
    p += size;
    if (*p == 0x42)
        p += 7; /* tensor: its length, a type, no dimensions, the length of float_val */
    float value;
    memcpy(&value, p + 1, 4);
    append(file, guess, name, size, (int64_t)step, wall_time, value);
}

static void walk(const char *path, uint8_t *buffer) {
    int in = open(path, O_RDONLY), guess = 0;
    if (in < 0)
        fail(path);
    File *file = calloc(1, sizeof *file);
    size_t have = 0;
    for (;;) {
        ssize_t got = read(in, buffer + have, CHUNK - have);
        if (got <= 0)
            break;
        have += (size_t)got;
        size_t at = 0;
        while (have - at >= 16) {
            const uint8_t *p = buffer + at;
            uint64_t size;
            uint32_t crc;
            memcpy(&size, p, 8);
            memcpy(&crc, p + 8, 4);
            if (masked_crc32c(p, 8) != crc)
                fail("length");
            if (have - at - 16 < size)
                break;
            memcpy(&crc, p + 12 + size, 4);
            if (masked_crc32c(p + 12, size) != crc)
                fail("data");
            event(file, &guess, p + 12, p + 12 + size);
            at += 16 + size;
        }
        have -= at;
        memmove(buffer, buffer + at, have);
    }
    close(in);
}

int main(int count, char **paths) {
    uint8_t *buffer = malloc(CHUNK);
    for (int i = 1; i < count; i++)
        walk(paths[i], buffer);
    printf("%zu points, sum %g\n", points, sum);
    return 0;
}
