// Runs independent work on all cores when there is enough of it. Unaware of what the work is.

namespace Imagecraft.Metadata;

static class Spread
{
    // Starting the thread pool costs about as much as a hundred files.
    const int Few = 100;

    /// <summary>Calls <paramref name="work"/> once for each index below <paramref name="count"/>.</summary>
    public static void Over(int count, Action<int> work)
    {
        if (count > Few)
        {
            Parallel.For(0, count, work);
            return;
        }
        for (var index = 0; index < count; index++)
            work(index);
    }
}
