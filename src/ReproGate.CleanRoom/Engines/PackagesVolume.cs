using ReproGate.CleanRoom.Packages;
using ReproGate.Facts.CleanRoom;

namespace ReproGate.CleanRoom.Engines;

/// <summary>
/// A volume of the engine that holds exactly the packages of one state of the locks, so that they are copied once. Rooms mount it
/// read-only. It is all that stays behind a room, and only the last two stay.
/// </summary>
internal static class PackagesVolume
{
    private const string Label = "reprogate.packages";
    private const int Kept = 2;
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(15);

    /// <summary>Makes and fills it where the engine does not have it yet.</summary>
    /// <returns>Its name.</returns>
    /// <exception cref="EngineException">The engine refuses.</exception>
    public static async Task<string> EnsureAsync(ContainerEngine engine, RoomImage image, RoomPackages packages, CancellationToken cancellation)
    {
        string name = $"reprogate-packages-{packages.Key}";
        // Other machines may use the same engine, and only the engine itself can keep them apart: it gives a container's name once.
        string filler = $"reprogate-fill-{packages.Key}";
        long start = System.Diagnostics.Stopwatch.GetTimestamp();
        while (!await IsWholeAsync(engine, image, name, cancellation).ConfigureAwait(false))
        {
            await engine.RunAsync(["volume", "create", "--label", Label, name], cancellation).ConfigureAwait(false);
            try
            {
                await ContainerRoom.LoadAsync(engine, image, ["--name", filler, "--volume", name + ":/packages"], cancellation, ("/packages", stream => RoomArchive.WritePackagesAsync(stream, packages, cancellation))).ConfigureAwait(false);
                await ForgetOthersAsync(engine, name, cancellation).ConfigureAwait(false);
                break;
            }
            catch (EngineException exception) when (exception.Message.Contains("already in use", StringComparison.OrdinalIgnoreCase))
            {
                if (System.Diagnostics.Stopwatch.GetElapsedTime(start) > Patience)
                {
                    throw new EngineException($"the container {filler} of {engine.Client} has been filling the packages of another run for too long. Where no run is on, remove it: {Path.GetFileName(engine.Program)} rm {filler}");
                }

                // One whose maker was killed on this machine is in the way until somebody removes it.
                await ContainerRoom.SweepAsync(engine, cancellation).ConfigureAwait(false);
                await Task.Delay(500, cancellation).ConfigureAwait(false);
            }
        }

        return name;
    }

    /// <summary>
    /// Whether a room that was made has its packages. From then on nobody can remove the volume; before, a run of another machine may have forgotten it, and the engine
    /// made an empty one.
    /// </summary>
    public static async Task<bool> IsInAsync(ContainerEngine engine, string room, string folder, CancellationToken cancellation)
    {
        (int exitCode, _, _) = await engine.TryAsync(["cp", $"{room}:{folder}/{Room.PackagesMark}", "-"], cancellation).ConfigureAwait(false);
        return exitCode == 0;
    }

    /// <summary>A copy that was cut off has no mark at its end.</summary>
    private static async Task<bool> IsWholeAsync(ContainerEngine engine, RoomImage image, string name, CancellationToken cancellation)
    {
        (int exists, _, _) = await engine.TryAsync(["volume", "inspect", name], cancellation).ConfigureAwait(false);
        if (exists != 0)
        {
            return false;
        }

        string looker = (await engine.RunAsync(["create", "--network", "none", .. engine.CreateArguments, "--volume", name + ":/packages:ro", image.Id, "true"], cancellation).ConfigureAwait(false)).Trim();
        try
        {
            (int whole, _, _) = await engine.TryAsync(["cp", $"{looker}:/packages/{Room.PackagesMark}", "-"], cancellation).ConfigureAwait(false);
            return whole == 0;
        }
        finally
        {
            await engine.TryAsync(["rm", "--force", looker], CancellationToken.None).ConfigureAwait(false);
        }
    }

    // One that a room uses cannot be removed, which is right.
    private static async Task ForgetOthersAsync(ContainerEngine engine, string name, CancellationToken cancellation)
    {
        (int exitCode, string listed, _) = await engine.TryAsync(["volume", "ls", "--filter", "label=" + Label, "--format", "{{.Name}}"], cancellation).ConfigureAwait(false);
        if (exitCode != 0)
        {
            return;
        }

        var volumes = new List<(string Name, string Created)>();
        foreach (string other in listed.Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(static line => line.Trim()).Where(line => line != name))
        {
            (_, string created, _) = await engine.TryAsync(["volume", "inspect", "--format", "{{.CreatedAt}}", other], cancellation).ConfigureAwait(false);
            volumes.Add((other, created));
        }

        foreach ((string old, _) in volumes.OrderByDescending(static volume => volume.Created, StringComparer.Ordinal).Skip(Kept - 1))
        {
            await engine.TryAsync(["volume", "rm", old], cancellation).ConfigureAwait(false);
        }
    }
}
