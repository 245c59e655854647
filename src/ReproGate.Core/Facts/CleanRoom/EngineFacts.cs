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

    /// <summary>What pins it: a registry's digest where it has one, else its id.</summary>
    public string Pin => Digests.IsEmpty ? Id : Digests[0];

    /// <summary>Whether a pin names this image.</summary>
    public bool Is(string pin) => pin == Id || Digests.Contains(pin, StringComparer.Ordinal);
}
