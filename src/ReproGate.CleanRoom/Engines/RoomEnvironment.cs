using System.Collections.Immutable;
using System.Globalization;
using ReproGate.CleanRoom.Snapshots;
using ReproGate.CleanRoom.Variations;

namespace ReproGate.CleanRoom.Engines;

/// <summary>The variables of every program in a room: those of what it stands on, and those that say what is asked of the build. None of this machine.</summary>
internal static class RoomEnvironment
{
    /// <summary>Where programs are looked for in a room.</summary>
    public const string Path = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin";

    /// <summary>Each <c>NAME=value</c>, in order of names.</summary>
    /// <param name="ground">The variables of the image or the system.</param>
    /// <param name="snapshot">The sources.</param>
    /// <param name="settings">What the build may see.</param>
    public static ImmutableArray<string> Of(ImmutableArray<string> ground, Snapshot snapshot, RoomSettings settings)
    {
        var variables = new SortedDictionary<string, string>(StringComparer.Ordinal) { ["PATH"] = Path };
        foreach (string[] declared in ground.Select(static text => text.Split('=', 2)).Where(static parts => parts.Length == 2))
        {
            variables[declared[0]] = declared[1];
        }

        foreach ((string name, string value) in Asked(snapshot))
        {
            variables[name] = value;
        }

        variables["HOME"] = settings.Home;
        variables["USER"] = settings.User;
        variables["HOSTNAME"] = settings.HostName;
        variables["TZ"] = settings.TimeZone;
        variables["LANG"] = settings.Locale;
        variables["LC_ALL"] = settings.Locale;
        variables["TMPDIR"] = settings.Temporary;
        variables["NUGET_PACKAGES"] = settings.Packages;
        // Asks nothing of the network: the packages are verified and here.
        variables["NUGET_CERT_REVOCATION_MODE"] = "offline";
        // Named, so that our own properties read no variable of the user: MSBuild logs only the first read of each, and it must be the repository's.
        variables["ReproGateCacheDirectory"] = settings.Home + "/.reprogate/";
        variables["DOTNET_CLI_TELEMETRY_OPTOUT"] = "1";
        variables["DOTNET_GENERATE_ASPNET_CERTIFICATE"] = "false";
        variables["DOTNET_CLI_WORKLOAD_UPDATE_NOTIFY_DISABLE"] = "true";
        if (settings.Processors > 0)
        {
            variables["DOTNET_PROCESSOR_COUNT"] = settings.Processors.ToString(CultureInfo.InvariantCulture);
        }

        foreach ((string name, string value) in ClockVariables(settings))
        {
            variables[name] = value;
        }

        foreach ((string name, string value) in settings.Variables)
        {
            variables[name] = value;
        }

        return [.. variables.Where(variable => !settings.Without.Contains(variable.Key, StringComparer.OrdinalIgnoreCase)).Select(static variable => $"{variable.Key}={variable.Value}")];
    }

    /// <summary>What the room says of itself and asks of every build, wherever it runs: a build on this machine that is compared with one in the room gets the same.</summary>
    public static ImmutableArray<(string Name, string Value)> Asked(Snapshot snapshot) =>
    [
        ("CI", "true"),
        ("ContinuousIntegrationBuild", "true"),
        ("DOTNET_CLI_UI_LANGUAGE", "en"),
        ("DOTNET_CLI_USE_MSBUILD_SERVER", "0"),
        ("DOTNET_NOLOGO", "1"),
        ("MSBUILDDISABLENODEREUSE", "1"),
        ("NuGetAudit", "false"),
        ("ReproGateInCleanRoom", "true"),
        ("SOURCE_DATE_EPOCH", snapshot.Facts.CommitTime.ToUnixTimeSeconds().ToString(CultureInfo.InvariantCulture)),
    ];

    /// <summary>The variables by which programs see another clock (libfaketime's README); none where it is the real one.</summary>
    public static ImmutableArray<(string Name, string Value)> ClockVariables(RoomSettings settings) => settings.ClockAhead == TimeSpan.Zero ? [] :
    [
        ("LD_PRELOAD", settings.ClockLibrary),
        ("FAKETIME", string.Create(CultureInfo.InvariantCulture, $"+{settings.ClockAhead.TotalDays:0}d")),
        // Waits of the runtime are measured by the monotonic clock, and files keep the times that the kernel gave them: a build compares them.
        ("FAKETIME_DONT_FAKE_MONOTONIC", "1"),
        // Else libfaketime, on the C library of today's Debian, takes the faked distance from waits by a monotonic clock that it does not fake: they end at once, and MSBuild falls with MSB1025.
        ("FAKETIME_FORCE_MONOTONIC_FIX", "0"),
        // Nothing has to be shared by the processes of a build whose clock only stands ahead, and a leftover of one that was killed would end another.
        ("FAKETIME_DISABLE_SHM", "1"),
        ("NO_FAKE_STAT", "1"),
    ];
}
