namespace ReproGate.Facts;

/// <summary>What global.json says about the .NET SDK.</summary>
/// <param name="Path">Absolute path of the file that the SDK finds above the projects, or of the one to create.</param>
/// <param name="Exists">Whether it exists.</param>
public sealed record SdkPolicy(string Path, bool Exists)
{
    /// <summary><c>sdk.version</c>; null where the file does not give it.</summary>
    public JsonText? Version { get; init; }

    /// <summary><c>sdk.rollForward</c>; null where the file does not give it.</summary>
    public JsonText? RollForward { get; init; }

    /// <summary>The place of the <c>sdk</c> object; null where there is none.</summary>
    public SourceLocation? Sdk { get; init; }

    /// <summary>Why the file could not be read, one sentence; null where it could. <see cref="FaultLocation"/> says where.</summary>
    public string? Fault { get; init; }

    /// <summary>Where the fault is.</summary>
    public SourceLocation FaultLocation { get; init; } = new(Path);
}

/// <summary>A string of a JSON file.</summary>
/// <param name="Value">What it says.</param>
/// <param name="Span">Its span inside the quotes.</param>
public sealed record JsonText(string Value, TextSpan Span);
