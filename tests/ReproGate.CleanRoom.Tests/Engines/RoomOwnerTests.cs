using System.Diagnostics;
using ReproGate.CleanRoom.Engines;

namespace ReproGate.CleanRoom.Tests.Engines;

/// <summary>Whose rooms and folders may be removed: those of processes that have ended, and of no other.</summary>
public sealed class RoomOwnerTests
{
    [Fact]
    public void A_process_that_has_ended_is_gone_and_a_running_one_and_another_machines_are_not()
    {
        string own = RoomOwner.Current;
        string[] parts = own.Split('.');
        using Process process = Process.Start(new ProcessStartInfo("git", "--version") { RedirectStandardOutput = true })!;
        process.WaitForExit();

        Assert.Matches("^[0-9a-f]{12}\\.\\d+\\.\\d+$", own);
        Assert.False(RoomOwner.IsGone(own));
        Assert.True(RoomOwner.IsGone($"{parts[0]}.{process.Id}.{parts[2]}"));
        // The number of a process that lives now, and was another's then.
        Assert.True(RoomOwner.IsGone($"{parts[0]}.{parts[1]}.1"));
        Assert.False(RoomOwner.IsGone($"000000000000.{process.Id}.{parts[2]}"));
        Assert.False(RoomOwner.IsGone("no label"));
    }

    [Fact]
    public void Folders_of_makers_that_are_gone_are_removed()
    {
        string temporary = Directory.CreateTempSubdirectory("reprogate-test-").FullName;
        string[] parts = RoomOwner.Current.Split('.');
        string gone = Make($"reprogate-room-{parts[0]}.{parts[1]}.1-abc"), own = Make($"reprogate-room-{RoomOwner.Current}-abc"), older = Make("reprogate-room-65d507981ef1"), other = Make("reprogate-test-x");

        WorkFolder.Sweep(temporary);

        Assert.False(Directory.Exists(gone));
        Assert.All((string[])[own, older, other], static folder => Assert.True(Directory.Exists(folder)));
        Directory.Delete(temporary, recursive: true);

        string Make(string name)
        {
            string folder = Path.Combine(temporary, name);
            Directory.CreateDirectory(Path.Combine(folder, "src"));
            return folder;
        }
    }
}
