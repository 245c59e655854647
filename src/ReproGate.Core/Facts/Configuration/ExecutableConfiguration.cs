using System.Collections.Immutable;

namespace ReproGate.Facts.Configuration;

/// <summary>Everything the code of one executable asks of its configuration: the facts of all its assemblies, linked.</summary>
public sealed record ExecutableConfiguration
{
    /// <summary>Simple name of the executable's assembly.</summary>
    public required string Name { get; init; }

    /// <summary>Every read that is reachable, ordered by key (ignoring case), then location.</summary>
    public ImmutableArray<ConfigurationRead> Reads { get; init; } = [];

    /// <summary>Reads whose key could not be found out (RGATE3009).</summary>
    public ImmutableArray<UnresolvedRead> Unresolved { get; init; } = [];

    /// <summary>How the executable builds its configuration.</summary>
    public required HostConfiguration Host { get; init; }

    /// <summary>String constants that a rule about literals looks at (secrets, absolute paths, localhost), with their places.</summary>
    public ImmutableArray<LiteralConstant> Literals { get; init; } = [];

    /// <summary>What could not be read, one sentence each; empty where every assembly was sound.</summary>
    public ImmutableArray<string> Unread { get; init; } = [];
}

/// <summary>A string constant in code or an attribute.</summary>
/// <param name="Text">The constant; may be a secret, so it must never be printed whole.</param>
/// <param name="Location">Where; null where there are no symbols.</param>
/// <param name="Assembly">Simple name of the assembly.</param>
public sealed record LiteralConstant(string Text, SourceLocation? Location, string Assembly);
