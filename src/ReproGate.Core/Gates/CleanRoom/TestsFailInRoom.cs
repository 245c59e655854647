using ReproGate.Facts.CleanRoom;

namespace ReproGate.Gates.CleanRoom;

/// <summary>RGATE4105: the build comes to its end in the room, and the tests do not.</summary>
public static class TestsFailInRoom
{
    private const int MostNamed = 5;

    /// <summary>Judges a test phase that failed.</summary>
    public static Finding Check(RoomFailure failure)
    {
        string tests = failure.Tests.IsEmpty
            ? $"{failure.Error.Message.TrimEnd('.')}"
            : $"{string.Join(", ", failure.Tests.Take(MostNamed))}{(failure.Tests.Length > MostNamed ? $" and {failure.Tests.Length - MostNamed} more" : "")}; {failure.Error.Message.TrimEnd('.')}";
        (string why, string fix) = failure.Missing switch
        {
            MissingInput.File => (
                $"A test reads {failure.Input}, which exists here and which git does not hold.",
                $"Commit it, git add{(failure.IsIgnored ? " --force" : "")} \"{failure.Input}\", or let the test write what it reads."),
            MissingInput.Variable => ($"The environment variable {failure.Input} is set here and not in the room.", "Let the test set what it reads."),
            MissingInput.Program => ($"A test runs {failure.Input}, which the room does not hold.", "Bring it with a package or a tool manifest, or name an image that holds it (ReproGateCleanRoomImage)."),
            MissingInput.Network => ($"A test asks the network{(failure.Input.Length > 0 ? $" ({failure.Input})" : "")}, and the room has none but its own loopback.", "Let the test bring its own server on loopback, or leave it out of this run by a filter."),
            MissingInput.Time => ("The watchdog ended the tests: they wait for something that the room does not have.", "Look at the last lines in obj/reprogate/cleanroom/cleanroom.html; raise ReproGateCleanRoomTimeout (minutes) where they only need longer."),
            MissingInput.Disk => ("They wrote more than the room may hold, and were ended before they filled the disk of the machine.", "Look what writes so much; raise ReproGateCleanRoomDisk (gigabytes) where the tests need it."),
            MissingInput.Processes => ("They started more processes than the room may have, and were refused more.", "Look what starts them; a program that starts itself never comes to an end."),
            _ when failure.Divergence is { } input => ($"The same tests pass on this machine. The first input of their build that is not the same: {input.What}{BuildFailsInRoom.Values(input)}.", "Say it in the repository, or let the test make what it needs; its message is in obj/reprogate/cleanroom/cleanroom.html."),
            _ when failure.PassesHere == false => ("They fail on this machine, too, when they are built as in the room (CI=true) from a copy of the work tree without bin and obj.", "Mend the tests; their message is in obj/reprogate/cleanroom/cleanroom.html."),
            _ => ($"{(failure.PassesHere == true ? "The same tests pass on this machine. " : "")}The room has no network, no files outside the repository and none of this machine's variables: a test that needs one of them fails for others too.", "Let the test make what it needs; its message is in obj/reprogate/cleanroom/cleanroom.html."),
        };
        return new Finding(RuleCatalog.TestsFailInRoom, failure.AskedAt ?? failure.Divergence?.Location ?? failure.Error.Location, $"Tests fail in the clean room: {tests}.", why, fix)
        {
            Subject = failure.Tests.IsEmpty ? failure.Error.Project : failure.Tests[0],
        };
    }
}
