// The user database.

using Imagecraft.Images.RootFs;

namespace Imagecraft.Images.Tests;

public class PasswdFilesTests
{
    [Fact]
    public void Users_and_groups_become_three_texts_ordered_by_id()
    {
        var files = PasswdFiles.Create(
            [new("ml", 1000, Password: "", Groups: ["render"]), new("root", 0, Password: "")],
            [new("render", 105)]);
        Assert.Equal("root:x:0:0:root:/root:/bin/sh\nml:x:1000:1000:ml:/home/ml:/bin/sh\n", files.Passwd);
        Assert.Equal("root:x:0:\nrender:x:105:ml\nml:x:1000:\n", files.Group);
        Assert.Equal("root::20454:0:99999:7:::\nml::20454:0:99999:7:::\n", files.Shadow);
    }

    [Fact]
    public void Root_is_there_and_locked_when_nobody_declares_it() =>
        Assert.StartsWith("root:*:", PasswdFiles.Create([], []).Shadow);

    [Fact]
    public void All_problems_are_told_at_once()
    {
        string message = Assert.Throws<ImageInputException>(() => PasswdFiles.Create(
            [new("Ml", 1000), new("a", 1), new("b", 1), new("c", 2, Groups: ["video"]), new("d", 3, Home: "/x:y")], [])).Message;
        Assert.Contains("`Ml` is no name", message);
        Assert.Contains("Users [`a`, `b`] have the same id 1", message);
        Assert.Contains("User `c` is in the unknown group `video`", message);
        Assert.Contains("User `d` has a field with a colon", message);
    }

    [Fact]
    public void A_name_that_ends_with_a_line_break_is_none() =>
        Assert.Contains("is no name of a user or group", Assert.Throws<ImageInputException>(() => PasswdFiles.Create([new("ml\n", 1000)], [])).Message);
}
