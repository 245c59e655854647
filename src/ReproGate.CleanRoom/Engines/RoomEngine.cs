using System.Collections.Immutable;
using ReproGate.CleanRoom.Packages;
using ReproGate.CleanRoom.Snapshots;
using ReproGate.CleanRoom.Variations;
using ReproGate.Facts.CleanRoom;

namespace ReproGate.CleanRoom.Engines;

/// <summary>What rooms are made on: an image, or this machine's system.</summary>
public sealed record RoomGround
{
    /// <summary>What it is, a few words.</summary>
    public required string Name { get; init; }

    /// <summary>The image; null where there is none, so that nothing pins what the room holds.</summary>
    public RoomImage? Image { get; init; }

    /// <summary>The variables of its programs, each <c>NAME=value</c>.</summary>
    public ImmutableArray<string> Environment { get; init; } = [];

    /// <summary>What a container gives and rooms on this ground do not, a clause each; empty for containers.</summary>
    public ImmutableArray<string> Weaker { get; init; } = [];
}

/// <summary>Makes rooms.</summary>
public abstract class RoomEngine
{
    /// <summary>Its name and version, as reports say it.</summary>
    public abstract string Name { get; }

    /// <summary>What kind of ground its rooms have: the name of that step.</summary>
    public abstract string GroundKind { get; }

    /// <summary>Gets what rooms are made on.</summary>
    /// <param name="image">Says which image is asked for; called by an engine that needs one.</param>
    /// <param name="cancellation">Ends it.</param>
    /// <exception cref="EngineException">It cannot be had.</exception>
    public abstract Task<RoomGround> GroundAsync(Func<string> image, CancellationToken cancellation);

    /// <summary>Makes a room, fills and starts it.</summary>
    /// <param name="ground">What this engine gave.</param>
    /// <param name="snapshot">The sources.</param>
    /// <param name="packages">The packages.</param>
    /// <param name="settings">What the build may see.</param>
    /// <param name="limits">What it may use.</param>
    /// <param name="cancellation">Ends it.</param>
    /// <exception cref="EngineException">The engine refuses.</exception>
    public abstract Task<Room> OpenAsync(RoomGround ground, Snapshot snapshot, RoomPackages packages, RoomSettings settings, RoomLimits limits, CancellationToken cancellation);

    /// <summary>Removes rooms whose maker is gone.</summary>
    /// <exception cref="EngineException">The engine refuses.</exception>
    public abstract Task SweepAsync(CancellationToken cancellation);

    /// <summary>Removes every room of this run, after a cancellation.</summary>
    public abstract Task PutAwayAsync();
}

/// <summary>What came of the search for an engine.</summary>
/// <param name="Engine">The engine; null where none answers.</param>
/// <param name="Tried">What was tried before, or instead.</param>
public sealed record FoundEngine(RoomEngine? Engine, ImmutableArray<EngineAttempt> Tried)
{
    /// <summary>Whether somebody may ask for a weaker room instead: nobody named an engine, and the system can make one.</summary>
    public bool OffersWeaker { get; init; }
}

/// <summary>Finds the engine that a setting names.</summary>
public static class RoomEngines
{
    /// <summary>Looks for it. The weaker room is never chosen by itself.</summary>
    /// <param name="choice"><c>auto</c>, <c>docker</c>, <c>podman</c>, <c>bubblewrap</c>, or the path of such a program.</param>
    /// <param name="arguments">Further arguments of the engine for every room, separated by spaces.</param>
    /// <param name="dotnetHost">Absolute path of this machine's dotnet; a mere name for the one on the PATH.</param>
    /// <param name="workDirectory">A folder of this machine for rooms that lie here; the caller removes it.</param>
    /// <param name="context">The docker context or podman connection; empty for the one that is in effect.</param>
    /// <param name="platform">The platform of the rooms, as <c>linux/arm64</c>; empty where it does not matter.</param>
    /// <param name="cancellation">Ends the search.</param>
    public static async Task<FoundEngine> FindAsync(string choice, string arguments, string dotnetHost, string workDirectory, string context, string platform, CancellationToken cancellation)
    {
        ImmutableArray<string> further = [.. arguments.Split(' ', StringSplitOptions.RemoveEmptyEntries)];
        if (BubblewrapEngine.IsMeant(choice))
        {
            if (context.Length > 0 || platform.Length > 0)
            {
                return new FoundEngine(null, [new EngineAttempt(choice, "it makes rooms of this machine alone, and knows neither contexts nor platforms")]);
            }

            return await BubblewrapEngine.FindAsync(choice, further, dotnetHost, workDirectory, cancellation).ConfigureAwait(false);
        }

        bool any = choice.Length == 0 || choice.Equals("auto", StringComparison.OrdinalIgnoreCase);
        FoundEngine found = await ContainerEngine.FindAsync(any ? ["docker", "podman"] : [choice], further, context, platform, cancellation).ConfigureAwait(false);
        return found with { OffersWeaker = any && found.Engine is null && OperatingSystem.IsLinux() };
    }
}
