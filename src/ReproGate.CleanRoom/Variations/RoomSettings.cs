using System.Collections.Immutable;
using ReproGate.Facts.CleanRoom;

namespace ReproGate.CleanRoom.Variations;

/// <summary>Everything about a room that a build may see and must not depend on.</summary>
public sealed record RoomSettings
{
    /// <summary>Where the repository lies in the room; below <c>/room</c>.</summary>
    public string SourcePath { get; init; } = "/room/src";

    /// <summary>The user's folder; below <c>/room</c>.</summary>
    public string Home { get; init; } = "/room/home";

    /// <summary>The user's name; one that no output holds by chance.</summary>
    public string User { get; init; } = "rgbuilder4";

    /// <summary>The user's number, and his group's.</summary>
    public int UserId { get; init; } = 4711;

    /// <summary>The machine's name.</summary>
    public string HostName { get; init; } = "room-one";

    /// <summary>TZ.</summary>
    public string TimeZone { get; init; } = "UTC";

    /// <summary>LANG and LC_ALL.</summary>
    public string Locale { get; init; } = "C.UTF-8";

    /// <summary>The mask of modes for new files, three octal digits.</summary>
    public string Umask { get; init; } = "022";

    /// <summary>How many processors the build may use; 0 for all.</summary>
    public int Processors { get; init; }

    /// <summary>How many nodes MSBuild uses; 0 for as many as there are processors.</summary>
    public int Nodes { get; init; }

    /// <summary>TMPDIR; below <c>/room</c> or <c>/tmp</c>.</summary>
    public string Temporary { get; init; } = "/tmp";

    /// <summary>Further variables.</summary>
    public ImmutableArray<(string Name, string Value)> Variables { get; init; } = [];

    /// <summary>Names of variables that the room does not set at all.</summary>
    public ImmutableArray<string> Without { get; init; } = [];

    /// <summary>Whether the files are created in the reverse order of their names.</summary>
    public bool ReverseOrder { get; init; }

    /// <summary>How much later than the commit the files are said to be modified.</summary>
    public TimeSpan FileTimeOffset { get; init; }

    /// <summary>How far ahead of the real time programs see the clock; zero for the real one. Needs <see cref="ClockLibrary"/>.</summary>
    public TimeSpan ClockAhead { get; init; }

    /// <summary>Absolute path in the room of libfaketime, which shows programs another clock; empty where the clock is the real one.</summary>
    public string ClockLibrary { get; init; } = "";

    /// <summary>The user's git configuration.</summary>
    public string GitConfig { get; init; } = "";

    /// <summary>Where the packages lie; a name that no output holds by chance.</summary>
    public string Packages { get; init; } = "/room-packages";
}

/// <summary>One thing about a room that is made different for the rebuild.</summary>
/// <param name="Name">What it is, as findings say it.</param>
/// <param name="Apply">Makes it different.</param>
/// <param name="Describe">Says what it was and what it became.</param>
public sealed record Variation(string Name, Func<RoomSettings, RoomSettings> Apply, Func<RoomSettings, string> Describe)
{
    /// <summary>The name of the variation that shows a kind of cause; empty where several might, or none.</summary>
    public static string Behind(CauseClass cause) => cause switch
    {
        CauseClass.DebugPath => "path",
        CauseClass.HomeFolder => "home",
        CauseClass.UserName => "user",
        CauseClass.HostName => "host name",
        CauseClass.TimeZone => "time zone",
        CauseClass.FileTime => "file times",
        CauseClass.EnvironmentVariable => "variables",
        CauseClass.Culture => "locale",
        CauseClass.ProcessorCount => "processors",
        CauseClass.FileMode => "umask",
        _ => "",
    };

    /// <summary>The clock, further ahead than a rebuild comes later: what is written to the day or the year shows, too.</summary>
    /// <param name="ahead">How far.</param>
    /// <param name="library">Absolute path in the room of libfaketime.</param>
    public static Variation Clock(TimeSpan ahead, string library) => new("clock", room => room with { ClockAhead = ahead, ClockLibrary = library }, static room => room.ClockAhead == TimeSpan.Zero ? "the machine's" : string.Create(System.Globalization.CultureInfo.InvariantCulture, $"{room.ClockAhead.TotalDays:0} days ahead"));

    /// <summary>The variations that a room was made with, beside another without any.</summary>
    public static ImmutableArray<Variation> Of(RoomSettings varied) => varied.ClockAhead == TimeSpan.Zero ? All : All.Add(Clock(varied.ClockAhead, varied.ClockLibrary));

    /// <summary>All of them but the clock. That is varied by itself, as the rebuild comes later; <see cref="Clock"/> on request.</summary>
    public static ImmutableArray<Variation> All { get; } =
    [
        new("path", static room => room with { SourcePath = "/room/other/a longer folder, mit Ümlaut/src" }, static room => room.SourcePath),
        new("home", static room => room with { Home = "/room/people/zoe" }, static room => room.Home),
        new("user", static room => room with { User = "zoe-r71", UserId = 4242 }, static room => $"{room.User} ({room.UserId})"),
        new("host name", static room => room with { HostName = "another-host-2" }, static room => room.HostName),
        new("time zone", static room => room with { TimeZone = "Asia/Kathmandu" }, static room => room.TimeZone),
        new("locale", static room => room with { Locale = "tr_TR.UTF-8" }, static room => room.Locale),
        new("umask", static room => room with { Umask = "027" }, static room => room.Umask),
        new("processors", static room => room with { Processors = 1, Nodes = 1 }, static room => room.Processors == 0 ? "all" : room.Processors.ToString(System.Globalization.CultureInfo.InvariantCulture)),
        new("temporary folder", static room => room with { Temporary = "/room/scratch" }, static room => room.Temporary),
        new("variables", static room => room with { Variables = [("USER_CANARY", "canary"), ("BUILD_TAG", "another-tag-77"), ("EDITOR", "ed"), ("LOGNAME", "canary-name"), ("USERDOMAIN", "CANARY")] }, static room => room.Variables.IsEmpty ? "none" : string.Join(' ', room.Variables.Select(static variable => $"{variable.Name}={variable.Value}"))),
        new("file order", static room => room with { ReverseOrder = true }, static room => room.ReverseOrder ? "descending" : "ascending"),
        new("file times", static room => room with { FileTimeOffset = TimeSpan.FromDays(-400) }, static room => room.FileTimeOffset == TimeSpan.Zero ? "the commit's" : "400 days before the commit"),
        new("git configuration", static room => room with { GitConfig = "[user]\n\tname = Zoe Canary\n\temail = zoe@canary.invalid\n[core]\n\tabbrev = 12\n[init]\n\tdefaultBranch = trunk\n" }, static room => room.GitConfig.Length == 0 ? "none" : "another user, longer abbreviations"),
        new("packages folder", static room => room with { Packages = "/opt/more/packages" }, static room => room.Packages),
    ];
}
