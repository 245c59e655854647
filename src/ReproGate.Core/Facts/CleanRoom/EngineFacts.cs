using System.Collections.Immutable;

namespace ReproGate.Facts.CleanRoom;

/// <summary>An engine that was asked for an answer and gave none.</summary>
/// <param name="Command">The program, for example <c>docker</c>.</param>
/// <param name="Outcome">What happened, one clause.</param>
public sealed record EngineAttempt(string Command, string Outcome)
{
    /// <summary>What takes the obstacle away, one sentence; empty where nothing more is known than that it must answer.</summary>
    public string Mend { get; init; } = "";
}

/// <summary>An image as an engine has it.</summary>
/// <param name="Name">The name it was asked for by.</param>
/// <param name="Id">The id of its content, <c>sha256:…</c>.</param>
public sealed record RoomImage(string Name, string Id)
{
    /// <summary>The digests under which registries know it, each <c>sha256:…</c>; empty for an image that was only made here.</summary>
    public ImmutableArray<string> Digests { get; init; } = [];

    /// <summary>The variables the image declares, each <c>NAME=value</c>.</summary>
    public ImmutableArray<string> Environment { get; init; } = [];

    /// <summary>What its programs run on: <c>os/architecture</c> or <c>os/architecture/variant</c>; empty where the engine does not say.</summary>
    public string Platform { get; init; } = "";

    /// <summary>What pins it: a registry's digest where it has one, else its id.</summary>
    public string Pin => Digests.IsEmpty ? Id : Digests[0];

    /// <summary>Whether its programs run on a platform. A variant counts only where both name one, and where the engine does not say, it is not held against the image.</summary>
    /// <param name="platform">The platform; empty for any.</param>
    public bool IsOf(string platform)
    {
        string[] asked = Parts(platform), own = Parts(Platform);
        return asked.Length == 0 || own.Length == 0 || asked.Zip(own).All(static part => part.First.Equals(part.Second, StringComparison.OrdinalIgnoreCase));

        static string[] Parts(string text) => [.. text.Split('/', StringSplitOptions.RemoveEmptyEntries).Select(static part => part switch { "x86_64" => "amd64", "aarch64" => "arm64", _ => part })];
    }

    /// <summary>Whether a pin names this image.</summary>
    public bool Is(string pin) => pin == Id || Digests.Contains(pin, StringComparer.Ordinal);
}
