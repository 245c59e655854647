using ReproGate.Cli.Building;

namespace ReproGate.Cli.Tests;

public sealed class AttemptsTests
{
    [Fact]
    public void What_failed_runs_again_only_when_something_has_changed()
    {
        var attempts = new Attempts();
        Assert.True(attempts.MayRun("restore"));

        attempts.Ran("restore", done: false);
        Assert.False(attempts.MayRun("restore"));
        Assert.True(attempts.MayRun("lock"));

        // Another command that fails changes nothing, one that ends well may.
        attempts.Ran("lock", done: false);
        Assert.False(attempts.MayRun("restore"));
        attempts.Ran("add", done: true);
        Assert.True(attempts.MayRun("restore"));
        Assert.True(attempts.MayRun("add"));

        attempts.Ran("restore", done: false);
        attempts.Edited();
        Assert.True(attempts.MayRun("restore"));
    }

    [Fact]
    public void Commands_that_undo_each_others_work_come_to_an_end()
    {
        var attempts = new Attempts();
        int runs = 0;
        while (attempts.MayRun("one") || attempts.MayRun("two"))
        {
            foreach (string command in (string[])["one", "two"])
            {
                if (attempts.MayRun(command))
                {
                    attempts.Ran(command, done: true);
                    runs++;
                }
            }

            Assert.InRange(runs, 1, 6);
        }

        attempts.Restart();
        Assert.True(attempts.MayRun("one"));
    }
}
