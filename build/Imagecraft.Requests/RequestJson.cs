// Requests as the text in which actions carry them. Unaware of what they say.

using System.Text.Json;
using System.Text.Json.Serialization.Metadata;

namespace Imagecraft.Requests;

/// <summary>Equal requests have equal texts: fields come in the order of their declaration, dictionaries in that of their keys, and what is null is left out.</summary>
public static class RequestJson
{
    /// <summary>The input of every built-in action that is its request.</summary>
    public static InputSlot Input { get; } = new("/request.json");

    /// <summary>The text of a request.</summary>
    public static string Write<T>(T request) where T : IRequest => JsonSerializer.Serialize(request, (JsonTypeInfo<T>)RequestWriter.Default.GetTypeInfo(typeof(T))!);

    /// <summary>The request of a text.</summary>
    /// <exception cref="InvalidOperationException">It is none of <typeparamref name="T"/>: planning and the function are not of one build, which is a bug.</exception>
    public static T Read<T>(string text) where T : IRequest
    {
        try
        {
            return JsonSerializer.Deserialize(text, (JsonTypeInfo<T>)RequestReader.Default.GetTypeInfo(typeof(T))!) ?? throw new JsonException("it is `null`");
        }
        catch (JsonException problem)
        {
            throw new InvalidOperationException($"The request of the built-in function `{T.FunctionName}` cannot be read: {problem.Message}; the plan was made by another version of `{typeof(T).Name}` than the function's, which is a bug of Imagecraft's", problem);
        }
    }
}
