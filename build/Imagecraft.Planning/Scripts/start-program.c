/* Starts the program beside which it lies, `NAME.real`, by the loader and with the libraries of the tree in which both lie, wherever that was put.
   What the program starts is started in the same way; no variable of the environment is set that others would see. */
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

int main(int count, char **words)
{
    static char self[PATH_MAX], root[PATH_MAX], loader[PATH_MAX + sizeof LOADER], program[PATH_MAX + 8], called[2 * PATH_MAX], libraries[2 * (PATH_MAX + sizeof LIBRARIES)];
    ssize_t length = readlink("/proc/self/exe", self, sizeof self - 1);
    if (length <= 0 || length == sizeof self - 1) {
        fprintf(stderr, "%s: its own place cannot be read; is /proc mounted?\n", words[0]);
        return 127;
    }
    strcpy(root, self);
    do {
        char *slash = strrchr(root, '/');
        if (!slash) {
            fprintf(stderr, "%s: no folder above it has `" LOADER "`\n", self);
            return 127;
        }
        *slash = 0;
        snprintf(loader, sizeof loader, "%s" LOADER, root);
    } while (access(loader, X_OK) != 0);
    snprintf(program, sizeof program, "%s.real", self);
    snprintf(libraries, sizeof libraries, "%s" LIBRARIES ":%s/usr/lib", root, root);
    /* The folder of its own, by which programs find what belongs to them, and the name that was called, by which some tell what to do. */
    const char *name = count > 0 ? strrchr(words[0], '/') : "/";
    name = name ? name + 1 : words[0];
    snprintf(called, sizeof called, "%.*s/%s", (int)(strrchr(self, '/') - self), self, name);
    char **all = malloc((count + 7) * sizeof *all);
    if (!all)
        return 127;
    char *first[] = { loader, "--argv0", called, "--library-path", libraries, program };
    memcpy(all, first, sizeof first);
    for (int i = 1; i < count; i++)
        all[5 + i] = words[i];
    all[5 + (count > 0 ? count : 1)] = NULL;
    execv(loader, all);
    perror(loader);
    return 127;
}
