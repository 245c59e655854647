using System.Collections.Immutable;
using ReproGate.Facts.CleanRoom;

namespace ReproGate.Gates.CleanRoom;

/// <summary>RGATE4101: the clean room was asked for, and there is no engine to make it.</summary>
public static class EngineMissing
{
    /// <summary>The setting that asks for the weaker room, and what it gives up; for texts in which no container engine answers.</summary>
    public const string Weaker = "ReproGateCleanRoomEngine=bubblewrap asks for a weaker room without one: namespaces on this machine's own system and .NET SDK, which nothing pins, with neither memory limited nor system calls filtered; every report then says so.";

    /// <summary>Judges the search for an engine.</summary>
    /// <param name="entry">Absolute path of the solution or project.</param>
    /// <param name="tried">What was tried, none of which answered.</param>
    /// <param name="offersWeaker">Whether the weaker room may be asked for here: nobody named an engine, and this is Linux.</param>
    public static Finding Check(string entry, ImmutableArray<EngineAttempt> tried, bool offersWeaker = false)
    {
        string[] mends = [.. tried.Select(static attempt => attempt.Mend).Where(static mend => mend.Length > 0)];
        return new Finding(
            RuleCatalog.EngineMissing,
            new SourceLocation(entry),
            $"The clean room was not built, because no engine answers. Tried: {string.Join("; ", tried.Select(static attempt => $"{attempt.Command}: {attempt.Outcome.TrimEnd('.')}"))}.",
            "Without it nobody knows whether this builds on another machine.",
            mends.Length > 0 ? string.Join(' ', mends) : $"Install and start Docker or Podman, or name a client with ReproGateCleanRoomEngine (docker, podman or a path).{(offersWeaker ? " On Linux, " + Weaker : "")}")
        {
            Subject = "engine",
        };
    }
}
