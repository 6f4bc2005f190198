/* Runs a fuzz target over the files of a folder: what fuzzing once found stays a test. */
#include <dirent.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static int replay(const char *path)
{
    FILE *file = fopen(path, "rb");
    if (file == NULL) {
        return 1;
    }
    struct stat about;
    size_t size = fstat(fileno(file), &about) == 0 ? (size_t)about.st_size : 0;
    uint8_t *data = malloc(size + 1);
    size_t got = data != NULL ? fread(data, 1, size, file) : 0;
    fclose(file);
    int result = data != NULL && got == size ? LLVMFuzzerTestOneInput(data, size) : 1;
    free(data);
    return result;
}

int main(int argc, char **argv)
{
    size_t files = 0;
    for (int i = 1; i < argc; i++) {
        DIR *folder = opendir(argv[i]);
        for (struct dirent *entry = folder != NULL ? readdir(folder) : NULL; entry != NULL;
             entry = readdir(folder)) {
            char path[4096];
            if (entry->d_name[0] == '.' ||
                snprintf(path, sizeof path, "%s/%s", argv[i], entry->d_name) >= (int)sizeof path) {
                continue;
            }
            if (replay(path) != 0) {
                fprintf(stderr, "%s could not be replayed\n", path);
                return 1;
            }
            files++;
        }
        if (folder != NULL) {
            closedir(folder);
        }
    }
    printf("%zu inputs replayed\n", files);
    return 0;
}
