// What patch(1) says of patches that do not apply.

using Imagecraft.Cli.Updating;

namespace Imagecraft.Cli.Tests.Updating;

public sealed class PatchFailureTests
{
    [Theory]
    [InlineData("""
        Apply 000-good.patch
        patching file a.c
        Hunk #1 succeeded at 12 (offset 2 lines).
        Apply 001-bad.patch
        patching file lib/b.c
        Hunk #2 FAILED at 33.
        1 out of 2 hunks FAILED -- saving rejects to file /tmp/rejected
        patching file 'with blank.c'
        Hunk #1 FAILED at 1 (different line endings).
        imagecraft: Patch `001-bad.patch` does not apply
            @@ -1 +1 @@
        """, "patch `bad.patch` does not apply: `lib/b.c` hunk 2 failed at line 33, `with blank.c` hunk 1 failed at line 1")]
    [InlineData("""
        Apply 000-gone.patch
        can't find file to patch at input line 5
        Perhaps you used the wrong -p or --strip option?
        The text leading up to this was:
        --------------------------
        |--- a/old/gone.c
        |+++ b/old/gone.c
        --------------------------
        No file to patch.  Skipping patch.
        1 out of 1 hunk ignored
        imagecraft: Patch `000-gone.patch` does not apply
        """, "patch `gone.patch` does not apply: `old/gone.c` is not there any more")]
    [InlineData("""
        Apply 000-upstream.patch
        patching file a.c
        Reversed (or previously applied) patch detected!  Skipping patch.
        1 out of 1 hunk ignored -- saving rejects to file /tmp/rejected
        imagecraft: Patch `000-upstream.patch` does not apply
        """, "patch `upstream.patch` does not apply: `a.c` has the change already")]
    [InlineData("""
        Apply 000-odd.patch
        patch: **** Only garbage was found in the patch input.
        imagecraft: Patch `000-odd.patch` does not apply
        """, "patch `odd.patch` does not apply")]
    public void A_patch_that_does_not_apply_is_named_with_file_and_hunk(string log, string told) => Assert.Equal(told, PatchFailure.Of(log.Split('\n'))?.ToString());

    [Fact]
    public void Another_failure_is_none_of_a_patch() => Assert.Null(PatchFailure.Of(["Apply 000-good.patch", "patching file a.c", "cp: No space left on device"]));
}
