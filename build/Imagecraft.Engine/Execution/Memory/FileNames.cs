// Turns action ids into file names. Unaware of what the files hold.

using System.Text;
using Imagecraft.Engine.Actions;
using Imagecraft.Engine.Content;

namespace Imagecraft.Engine.Execution.Memory;

static class FileNames
{
    /// <summary>A readable, unique file name of at most 200 characters for an id.</summary>
    public static string Of(ActionId id)
    {
        var name = new StringBuilder(id.Value.Length);
        foreach (var c in id.Value)
        {
            if (char.IsAsciiLetterOrDigit(c) || c is '-' or '_' or '.' or '+' or '@')
                name.Append(c);
            else
                name.Append(c == ':' ? "=" : $"%{(int)c:x2}");
        }

        var text = name.ToString();
        if (text.Length > 200)
            text = text[..180] + "%" + Digest.Of(Encoding.UTF8.GetBytes(id.Value)).Prefix;
        return text[0] == '.' ? "%2e" + text[1..] : text;
    }

    /// <summary>The id of a file name; null when it was cut, or is no id's.</summary>
    public static ActionId? IdOf(string name)
    {
        var id = Uri.UnescapeDataString(name.Replace('=', ':'));
        return id.Length > 0 && Of(new ActionId(id)) == name ? new ActionId(id) : null;
    }
}
