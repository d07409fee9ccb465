/*
 * A disk that loses power, for tests: preloaded into a process, it keeps beside the folder POWER_FROM
 * a second one, POWER_TO, that holds only what was flushed.
 *
 * - The bytes of a file are kept when a flush of that file (fsync, fdatasync) returns: those that were
 *   written before it began, and the size that the file had then.
 * - The name of a file or folder is kept when its folder is flushed after it was made, renamed or
 *   removed. Bytes flushed under a name that is not kept yet wait in "NAME.unnamed"; a folder that
 *   is not kept yet holds a file called "folder.unnamed".
 *
 * With POWER_IGNORE=threads, flushes by any thread but the first do nothing and say that they did.
 * With FAULT_HIDE=1, a flush that failed says that it was done.
 */
#define _GNU_SOURCE
#include <dirent.h>
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/uio.h>
#include <unistd.h>

#define UNNAMED ".unnamed"

struct range {
  off_t at;
  size_t length;
  struct range *next;
};

struct file {
  dev_t dev;
  ino_t ino;
  struct range *dirty;
  struct file *next;
};

struct renaming {
  char from[PATH_MAX], to[PATH_MAX];
  struct renaming *next;
};

/* `list` guards what is known of files; `flush` lets one flush be kept after the other. */
static pthread_mutex_t list = PTHREAD_MUTEX_INITIALIZER, flush = PTHREAD_MUTEX_INITIALIZER;
static struct file *files;
static struct renaming *renamings, **last_renaming = &renamings;

#define REAL(name) \
  static __typeof__(&name) real; \
  if (!real) real = (__typeof__(&name))dlsym(RTLD_NEXT, #name)

static void fail(const char *what) {
  dprintf(2, "power: %s: %s\n", what, strerror(errno));
  abort();
}

/* The path of `path` in the second folder; 0 when it is not in the first. */
static int kept_path(const char *path, char *kept) {
  const char *from = getenv("POWER_FROM"), *to = getenv("POWER_TO");
  if (!from || !to) return 0;
  size_t length = strlen(from);
  if (strncmp(path, from, length) || (path[length] && path[length] != '/')) return 0;
  return snprintf(kept, PATH_MAX, "%s%s", to, path + length) < PATH_MAX;
}

static int path_of(int fd, char *path) {
  char link[64];
  snprintf(link, sizeof link, "/proc/self/fd/%d", fd);
  ssize_t length = readlink(link, path, PATH_MAX - 1);
  if (length < 0) return 0;
  path[length] = 0;
  return path[0] == '/';
}

static struct file *file_of(const struct stat *is) {
  for (struct file *one = files; one; one = one->next)
    if (one->dev == is->st_dev && one->ino == is->st_ino) return one;
  struct file *one = calloc(1, sizeof *one);
  one->dev = is->st_dev;
  one->ino = is->st_ino;
  one->next = files;
  files = one;
  return one;
}

static int is_watched(int fd) {
  char path[PATH_MAX], kept[PATH_MAX];
  return path_of(fd, path) && kept_path(path, kept);
}

static void dirty(int fd, off_t at, size_t length) {
  int before = errno;
  struct stat is;
  if (length && is_watched(fd) && !fstat(fd, &is) && S_ISREG(is.st_mode)) {
    struct range *one = malloc(sizeof *one);
    one->at = at;
    one->length = length;
    pthread_mutex_lock(&list);
    struct file *of = file_of(&is);
    one->next = of->dirty;
    of->dirty = one;
    pthread_mutex_unlock(&list);
  }
  errno = before;
}

static void copy_bytes(int from, int to, off_t at, size_t length) {
  char buffer[65536];
  while (length) {
    ssize_t got = pread(from, buffer, length < sizeof buffer ? length : sizeof buffer, at);
    if (got <= 0) return; /* Cut off since: its new size says so. */
    if (syscall(SYS_pwrite64, to, buffer, got, at) != got) fail("pwrite");
    at += got;
    length -= got;
  }
}

static const char *mark_of(const char *folder, char *mark) {
  snprintf(mark, 2 * PATH_MAX, "%s/folder" UNNAMED, folder);
  return mark;
}

/* Makes a folder for what is kept; its own name is not kept yet. */
static void await_name(const char *folder) {
  char mark[2 * PATH_MAX];
  if (mkdir(folder, 0700)) return;
  int fd = open(mark_of(folder, mark), O_CREAT | O_WRONLY, 0600);
  if (fd < 0) fail("open");
  close(fd);
}

/* Names: every entry of the folder, and none that it has no more. */
static void keep_names(const char *path, const char *kept) {
  await_name(kept);
  for (struct renaming *one = renamings; one;) {
    struct renaming *next = one->next;
    char waiting[PATH_MAX + 16], had[PATH_MAX], gets[PATH_MAX];
    if (kept_path(one->from, had) && kept_path(one->to, gets)) {
      snprintf(waiting, sizeof waiting, "%s" UNNAMED, had);
      if (syscall(SYS_rename, waiting, gets)) syscall(SYS_rename, had, gets);
    }
    free(one);
    one = next;
  }
  renamings = NULL;
  last_renaming = &renamings;
  DIR *folder = opendir(path);
  if (!folder) return;
  for (struct dirent *entry; (entry = readdir(folder));) {
    char made[PATH_MAX], waiting[PATH_MAX + 16];
    struct stat is;
    if (entry->d_name[0] == '.' && (!entry->d_name[1] || entry->d_name[1] == '.')) continue;
    if (snprintf(made, sizeof made, "%s/%s", kept, entry->d_name) >= PATH_MAX) continue;
    snprintf(waiting, sizeof waiting, "%s" UNNAMED, made);
    if (entry->d_type == DT_DIR) {
      char mark[2 * PATH_MAX];
      mkdir(made, 0700);
      unlink(mark_of(made, mark));
    } else if (!stat(made, &is)) {
      continue;
    } else if (syscall(SYS_rename, waiting, made)) {
      int fd = open(made, O_CREAT | O_WRONLY, 0600);
      if (fd >= 0) close(fd);
    }
  }
  closedir(folder);
  folder = opendir(kept);
  if (!folder) return;
  for (struct dirent *entry; (entry = readdir(folder));) {
    char was[2 * PATH_MAX], is_kept[2 * PATH_MAX];
    struct stat is;
    size_t length = strlen(entry->d_name), suffix = strlen(UNNAMED);
    if (length > suffix && !strcmp(entry->d_name + length - suffix, UNNAMED)) continue;
    snprintf(was, sizeof was, "%s/%s", path, entry->d_name);
    snprintf(is_kept, sizeof is_kept, "%s/%s", kept, entry->d_name);
    if (stat(was, &is)) unlink(is_kept);
  }
  closedir(folder);
}

static int open_kept(const char *kept) {
  char waiting[PATH_MAX + 16];
  int fd = open(kept, O_WRONLY);
  if (fd >= 0) return fd;
  char folder[PATH_MAX];
  snprintf(folder, sizeof folder, "%s", kept);
  *strrchr(folder, '/') = 0;
  await_name(folder);
  snprintf(waiting, sizeof waiting, "%s" UNNAMED, kept);
  return open(waiting, O_CREAT | O_WRONLY, 0600);
}

static int is_ignored(void) {
  const char *ignore = getenv("POWER_IGNORE");
  return ignore && !strcmp(ignore, "threads") && syscall(SYS_gettid) != getpid();
}

static int flushed(int fd, int (*really)(int)) {
  char path[PATH_MAX], kept[PATH_MAX], self[64];
  struct stat is;
  if (!path_of(fd, path) || !kept_path(path, kept) || fstat(fd, &is)) return really(fd);
  if (is_ignored()) return 0;
  pthread_mutex_lock(&flush);
  if (S_ISDIR(is.st_mode)) {
    int done = really(fd);
    pthread_mutex_lock(&list);
    if (!done) keep_names(path, kept);
    pthread_mutex_unlock(&list);
    pthread_mutex_unlock(&flush);
    return done;
  }
  pthread_mutex_lock(&list);
  struct file *of = file_of(&is);
  struct range *ranges = of->dirty;
  of->dirty = NULL;
  fstat(fd, &is);
  pthread_mutex_unlock(&list);
  int done = really(fd);
  snprintf(self, sizeof self, "/proc/self/fd/%d", fd);
  int from = open(self, O_RDONLY), to = open_kept(kept);
  if (!done && from >= 0 && to >= 0) {
    for (struct range *one = ranges; one; one = one->next) {
      size_t left = one->at < is.st_size ? (size_t)(is.st_size - one->at) : 0;
      copy_bytes(from, to, one->at, one->length < left ? one->length : left);
    }
    if (syscall(SYS_ftruncate, to, is.st_size)) fail("ftruncate");
  }
  if (from >= 0) close(from);
  if (to >= 0) close(to);
  while (ranges) {
    struct range *next = ranges->next;
    free(ranges);
    ranges = next;
  }
  pthread_mutex_unlock(&flush);
  return getenv("FAULT_HIDE") ? 0 : done;
}

int fsync(int fd) {
  REAL(fsync);
  return flushed(fd, real);
}

int fdatasync(int fd) {
  REAL(fdatasync);
  return flushed(fd, real);
}

ssize_t write(int fd, const void *data, size_t length) {
  REAL(write);
  off_t at = lseek(fd, 0, SEEK_CUR);
  ssize_t done = real(fd, data, length);
  if (done > 0 && at >= 0) dirty(fd, at, done);
  return done;
}

ssize_t writev(int fd, const struct iovec *parts, int count) {
  REAL(writev);
  off_t at = lseek(fd, 0, SEEK_CUR);
  ssize_t done = real(fd, parts, count);
  if (done > 0 && at >= 0) dirty(fd, at, done);
  return done;
}

ssize_t pwrite(int fd, const void *data, size_t length, off_t at) {
  REAL(pwrite);
  ssize_t done = real(fd, data, length, at);
  if (done > 0) dirty(fd, at, done);
  return done;
}

ssize_t pwrite64(int fd, const void *data, size_t length, off64_t at) {
  REAL(pwrite64);
  ssize_t done = real(fd, data, length, at);
  if (done > 0) dirty(fd, at, done);
  return done;
}

ssize_t pwritev(int fd, const struct iovec *parts, int count, off_t at) {
  REAL(pwritev);
  ssize_t done = real(fd, parts, count, at);
  if (done > 0) dirty(fd, at, done);
  return done;
}

int rename(const char *from, const char *to) {
  REAL(rename);
  char kept[PATH_MAX];
  if (!kept_path(to, kept)) return real(from, to);
  struct renaming *one = calloc(1, sizeof *one);
  snprintf(one->from, sizeof one->from, "%s", from);
  snprintf(one->to, sizeof one->to, "%s", to);
  pthread_mutex_lock(&list);
  int done = real(from, to), error = errno;
  if (done) {
    free(one);
  } else {
    *last_renaming = one;
    last_renaming = &one->next;
  }
  pthread_mutex_unlock(&list);
  errno = error;
  return done;
}
