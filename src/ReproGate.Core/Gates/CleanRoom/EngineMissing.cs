using System.Collections.Immutable;
using ReproGate.Facts.CleanRoom;

namespace ReproGate.Gates.CleanRoom;

/// <summary>RGATE4101: the clean room was asked for, and there is no container engine to make it.</summary>
public static class EngineMissing
{
    /// <summary>Judges the search for an engine.</summary>
    /// <param name="entry">Absolute path of the solution or project.</param>
    /// <param name="tried">What was tried, none of which answered.</param>
    public static Finding Check(string entry, ImmutableArray<EngineAttempt> tried) => new(
        RuleCatalog.EngineMissing,
        new SourceLocation(entry),
        $"The clean room was not built, because no container engine answers. Tried: {string.Join("; ", tried.Select(static attempt => $"{attempt.Command}: {attempt.Outcome.TrimEnd('.')}"))}.",
        "Without it nobody knows whether this builds on another machine.",
        "Install and start Docker or Podman, or name a client with ReproGateCleanRoomEngine (docker, podman or a path).")
    {
        Subject = "engine",
    };
}
