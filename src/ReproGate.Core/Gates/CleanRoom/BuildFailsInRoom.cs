using System.Globalization;
using ReproGate.Facts.CleanRoom;

namespace ReproGate.Gates.CleanRoom;

/// <summary>RGATE4104: from what git holds and the locks name, the build does not come to its end. Told is the first input that the machine gives and the room does not.</summary>
public static class BuildFailsInRoom
{
    /// <summary>Judges a phase that failed.</summary>
    /// <param name="failure">What failed.</param>
    /// <param name="allowFile">The allow list's file name.</param>
    public static Finding Check(RoomFailure failure, string allowFile)
    {
        string error = $"{(failure.Error.Code.Length > 0 ? failure.Error.Code + ": " : "")}{failure.Error.Message.TrimEnd('.')}{(failure.Further > 0 ? $" (and {failure.Further} more)" : "")}{ErrorPlace(failure)}";
        string phase = failure.Phase switch
        {
            RoomPhase.Restore => "restored",
            RoomPhase.Rebuild when failure.ClockAhead > TimeSpan.Zero => string.Create(CultureInfo.InvariantCulture, $"built in the clean room once the clock stands {failure.ClockAhead.TotalDays:0} days ahead"),
            RoomPhase.Rebuild => "built in the clean room once path, user, locale and the like are others",
            _ => "built",
        };
        string where = failure.Phase == RoomPhase.Rebuild ? "" : " in the clean room";
        string what = $"{Subject(failure)} cannot be {phase}{where}: {error}.";
        (string why, string fix) = failure.Missing switch
        {
            MissingInput.Variable => (
                $"$({failure.Input}) has no value in the room; here the environment variable {failure.Input} gives it one.",
                $"Declare a default in the repository: <{failure.Input} Condition=\"'$({failure.Input})' == ''\">…</{failure.Input}> in Directory.Build.props."),
            MissingInput.Program => (
                $"The build runs {failure.Input}, which the room does not hold: it is a program of this machine.",
                $"Declare it: a .NET tool in .config/dotnet-tools.json, a package that brings it, or an image that holds it (ReproGateCleanRoomImage), and say so in {allowFile}."),
            MissingInput.Network => (
                $"The build asks the network{(failure.Input.Length > 0 ? $" ({failure.Input})" : "")}, and the room has none: what it would get is declared nowhere and may change.",
                "Bring it as a package that packages.lock.json holds, or commit the file."),
            MissingInput.Package => (
                $"{(failure.Input.Length > 0 ? failure.Input : "A package")} is named by no lock, so it was not brought.",
                "Lock what the build uses: dotnet msbuild -t:ReproGateLock, and commit packages.lock.json and reprogate.lock.json."),
            MissingInput.Time => (
                "The watchdog ended it: it waits for something that the room does not have, or is slower than ReproGateCleanRoomTimeout allows.",
                "Look at the last lines in obj/reprogate/cleanroom/cleanroom.html; raise ReproGateCleanRoomTimeout (minutes) where the build only needs longer."),
            MissingInput.Disk => (
                "It wrote more than the room may hold, and was ended before it filled the disk of the machine.",
                "Look what writes so much; raise ReproGateCleanRoomDisk (gigabytes) where the build needs it."),
            MissingInput.Processes => (
                "It started more processes than the room may have, and was refused more.",
                "Look what starts them; a program that starts itself never comes to an end."),
            _ when failure.ClockAhead > TimeSpan.Zero => (
                "By the clock as it is the same build passes: so this commit ceases to build on a day to come.",
                "Look for what ends on a day: a comparison with DateTime.Now or UtcNow, a certificate, a licence. Compare with the commit's time (SOURCE_DATE_EPOCH) instead, or renew it."),
            _ when failure.Phase == RoomPhase.Rebuild => (
                "So the build depends on one of them, and fails for whoever has another.",
                "The message names the file or value: quote paths in commands, and take culture-invariant formats."),
            _ when failure.Divergence is { } input => (
                $"The same build passes on this machine. The first input that is not the same: {input.What}{Values(input)}.",
                "Say it in the repository: give it a value there that no machine changes, or commit what it comes from."),
            _ when failure.PassesHere == false => (
                "It fails on this machine, too, when it is built as in the room (CI=true) from a copy of the work tree without bin and obj.",
                "Mend the error as it stands. Where your own build passes, it lives on what an earlier one left: look with git clean -xdn, remove bin and obj, and build again."),
            _ => (
                $"{(failure.PassesHere == true ? "The same build passes on this machine, and its log shows no input that differs. " : "")}So it fails for everybody who has only what the repository declares.",
                "Mend the error as it stands; where the build passes on this machine, look for what only this machine gives: the last lines of the log are in obj/reprogate/cleanroom/cleanroom.html."),
        };
        return new Finding(RuleCatalog.BuildFailsInRoom, failure.AskedAt ?? failure.Divergence?.Location ?? failure.Error.Location, what, why, fix)
        {
            Subject = $"{failure.Phase}:{failure.Missing}:{failure.Input}",
        };
    }

    // Told is where the input is asked for; the error may stand elsewhere.
    private static string ErrorPlace(RoomFailure failure) =>
        (failure.AskedAt ?? failure.Divergence?.Location) is { } told && failure.Error.Location is { Line: > 0 } error && (told.File, told.Line) != (error.File, error.Line)
            ? string.Create(CultureInfo.InvariantCulture, $", at {Path.GetFileName(error.File)}({error.Line})")
            : "";

    /// <summary>The two values of an input, as a clause; empty where it has none.</summary>
    internal static string Values(DivergentInput input) => (input.Here.Length, input.InRoom.Length) switch
    {
        (0, 0) => "",
        (_, 0) => $" is '{input.Here}' here and has no value in the room",
        (0, _) => $" has no value here and is '{input.InRoom}' in the room",
        _ => $" is '{input.Here}' here and '{input.InRoom}' in the room",
    };

    private static string Subject(RoomFailure failure) => failure.Error.Project.Length > 0 ? failure.Error.Project : "The repository";
}
