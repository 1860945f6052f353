/* Says how many days the image is older than now, and gives its compiler something to optimize. */
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

static int days_between(time_t from, time_t to)
{
    return (int)(difftime(to, from) / 86400);
}

int main(int count, char **words)
{
    time_t made = 1767225600;
    int days = days_between(made, count > 1 ? (time_t)strtoll(words[1], NULL, 10) : time(NULL));
    printf("The image's clock began %d days ago\n", days);
    return days < 0;
}
