using ReproGate.CleanRoom.Engines;
using ReproGate.CleanRoom.Variations;

namespace ReproGate.CleanRoom.Tests.Engines;

/// <summary>What programs of a room see of the clock.</summary>
public sealed class RoomEnvironmentTests
{
    [Fact]
    public void Another_clock_leaves_waits_by_the_monotonic_one_as_they_are()
    {
        Dictionary<string, string> variables = RoomEnvironment.ClockVariables(Variation.Clock(TimeSpan.FromDays(400), "/usr/lib/libfaketime.so.1").Apply(new RoomSettings())).ToDictionary(static variable => variable.Name, static variable => variable.Value);

        Assert.Equal(("/usr/lib/libfaketime.so.1", "+400d"), (variables["LD_PRELOAD"], variables["FAKETIME"]));
        // One without the other ends every such wait at once (decision 105).
        Assert.Equal(("1", "0"), (variables["FAKETIME_DONT_FAKE_MONOTONIC"], variables["FAKETIME_FORCE_MONOTONIC_FIX"]));
    }

    [Fact]
    public void The_machines_clock_needs_no_variable() => Assert.Empty(RoomEnvironment.ClockVariables(new RoomSettings()));
}
