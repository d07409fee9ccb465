/*
 * A disk that is full or loses a flush, for tests: preloaded into a process, it looks at the files
 * below the folder FAULT_UNDER, and does what the file FAULT_CONTROL says, which the test writes while
 * the process runs. Only files whose path is like FAULT_COUNTED (a pattern as of fnmatch) are counted,
 * in all processes together; once the disk is full, it is full for all.
 *
 * - After so many more writes the disk is full until the test says otherwise: ENOSPC. Of the write at
 *   which it fills up `part` still fits: nothing (0), its first half (1), or all of it (2).
 * - After so many more flushes one fails: EIO. Each other descriptor of that file is told the same once,
 *   as Linux does it. `power.c`, preloaded before this, then forgets what was to be flushed.
 *
 * With FAULT_HIDE=1 a write that failed says that it was done; so does a flush, by `power.c`.
 */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <fnmatch.h>
#include <limits.h>
#include <pthread.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/uio.h>
#include <unistd.h>

/* The same order as in fault.ts. Counts of 0 say "never". */
struct control {
  uint32_t writes, full, part, flushes, failures;
};

static pthread_mutex_t guard = PTHREAD_MUTEX_INITIALIZER;
static struct control *control;
static struct {
  dev_t dev;
  ino_t ino;
  int told[16], count;
} lost;

#define REAL(name) \
  static __typeof__(&name) real; \
  if (!real) real = (__typeof__(&name))dlsym(RTLD_NEXT, #name)

__attribute__((constructor)) static void start(void) {
  const char *path = getenv("FAULT_CONTROL");
  int fd = path ? open(path, O_RDWR) : -1;
  if (fd < 0) return;
  void *mapped = mmap(NULL, sizeof *control, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
  if (mapped != MAP_FAILED) control = mapped;
  close(fd);
}

enum place { ELSEWHERE, UNDER, COUNTED };

static enum place place_of(int fd) {
  char link[64], path[PATH_MAX];
  const char *under = getenv("FAULT_UNDER"), *counted = getenv("FAULT_COUNTED");
  if (!control || !under || !counted) return ELSEWHERE;
  snprintf(link, sizeof link, "/proc/self/fd/%d", fd);
  ssize_t length = readlink(link, path, sizeof path - 1);
  if (length < 0) return ELSEWHERE;
  path[length] = 0;
  size_t prefix = strlen(under);
  if (strncmp(path, under, prefix) || path[prefix] != '/') return ELSEWHERE;
  return fnmatch(counted, path, 0) || strstr(path, ".lock") ? UNDER : COUNTED;
}

/* One less; whether it was the last one. */
static int is_last(uint32_t *left) {
  uint32_t seen = __atomic_load_n(left, __ATOMIC_SEQ_CST);
  while (seen && !__atomic_compare_exchange_n(left, &seen, seen - 1, 0, __ATOMIC_SEQ_CST, __ATOMIC_SEQ_CST));
  return seen == 1;
}

enum verdict { DO, DO_PART, FAIL };

static enum verdict judge_write(int fd) {
  int before = errno;
  enum place place = place_of(fd);
  enum verdict verdict = DO;
  errno = before;
  if (place == ELSEWHERE) return DO;
  pthread_mutex_lock(&guard);
  if (control->full) {
    verdict = FAIL;
  } else if (place == COUNTED && is_last(&control->writes)) {
    control->full = 1;
    verdict = control->part == 2 ? DO : control->part ? DO_PART : FAIL;
  }
  if (verdict != DO) control->failures++;
  pthread_mutex_unlock(&guard);
  return verdict;
}

static ssize_t no_space(size_t length) {
  if (getenv("FAULT_HIDE")) return length;
  errno = ENOSPC;
  return -1;
}

#define JUDGED(fd, length, whole, part) \
  enum verdict verdict = judge_write(fd); \
  if (verdict == DO) return whole; \
  if (verdict == DO_PART && (length) > 1) { \
    ssize_t done = part; \
    return getenv("FAULT_HIDE") ? (ssize_t)(length) : done; \
  } \
  return no_space(length)

ssize_t write(int fd, const void *data, size_t length) {
  REAL(write);
  JUDGED(fd, length, real(fd, data, length), real(fd, data, length / 2));
}

ssize_t pwrite(int fd, const void *data, size_t length, off_t at) {
  REAL(pwrite);
  JUDGED(fd, length, real(fd, data, length, at), real(fd, data, length / 2, at));
}

ssize_t pwrite64(int fd, const void *data, size_t length, off64_t at) {
  REAL(pwrite64);
  JUDGED(fd, length, real(fd, data, length, at), real(fd, data, length / 2, at));
}

static size_t sum(const struct iovec *parts, int count) {
  size_t length = 0;
  for (int n = 0; n < count; n++) length += parts[n].iov_len;
  return length;
}

ssize_t writev(int fd, const struct iovec *parts, int count) {
  REAL(writev);
  JUDGED(fd, sum(parts, count), real(fd, parts, count), real(fd, parts, (count + 1) / 2));
}

ssize_t pwritev(int fd, const struct iovec *parts, int count, off_t at) {
  REAL(pwritev);
  JUDGED(fd, sum(parts, count), real(fd, parts, count, at), real(fd, parts, (count + 1) / 2, at));
}

int posix_fallocate(int fd, off_t at, off_t length) {
  REAL(posix_fallocate);
  if (judge_write(fd) == DO) return real(fd, at, length);
  return getenv("FAULT_HIDE") ? 0 : ENOSPC;
}

/* Whether this descriptor has still to be told that a flush of its file was lost. */
static int is_untold(int fd, const struct stat *is) {
  if (!lost.count || is->st_dev != lost.dev || is->st_ino != lost.ino) return 0;
  for (int n = 0; n < lost.count; n++)
    if (lost.told[n] == fd) return 0;
  return 1;
}

static int loses(int fd) {
  struct stat is;
  int failed = 0;
  if (place_of(fd) != COUNTED || fstat(fd, &is)) return 0;
  pthread_mutex_lock(&guard);
  if (is_last(&control->flushes)) {
    lost.dev = is.st_dev;
    lost.ino = is.st_ino;
    lost.count = 0;
    failed = 1;
  }
  if (failed || is_untold(fd, &is)) {
    if (lost.count < 16) lost.told[lost.count++] = fd;
    control->failures++;
    failed = 1;
  }
  pthread_mutex_unlock(&guard);
  return failed;
}

static int flushed(int fd, int (*really)(int)) {
  if (!loses(fd)) return really(fd);
  errno = EIO;
  return -1;
}

int fsync(int fd) {
  REAL(fsync);
  return flushed(fd, real);
}

int fdatasync(int fd) {
  REAL(fdatasync);
  return flushed(fd, real);
}
