using ReproGate.Reports;

namespace ReproGate.Core.Tests.Reports;

public sealed class SharedFaultTests
{
    private static readonly Finding Fault = new(RuleCatalog.TransitiveProjectUsed, new SourceLocation("/r/Shared/Helper.cs", 7, 5), "App.csproj calls Far.Thing.Do.", "Why.", "Add a reference to App.csproj.") { Subject = "Far" };

    [Fact]
    public void The_same_said_of_the_same_place_is_one_fault() =>
        Assert.Equal(SharedFault.KeyOf(Fault), SharedFault.KeyOf(new Finding(Fault.Rule, Fault.Location, Fault.What, Fault.Why, "dotnet restore Other.csproj") { Subject = "Far" }));

    [Fact]
    public void A_cause_outside_all_projects_is_one_fault_wherever_it_shows()
    {
        Finding here = new(RuleCatalog.CheckCouldNotRun, new SourceLocation("/r/App/App.csproj", 3, 1), "How old A is was not learned.", "Why.", "Fix.") { Subject = "feeds age", SharedCause = "feed tells no dates" };
        Finding there = new(RuleCatalog.CheckCouldNotRun, new SourceLocation("/r/Lib/Lib.csproj", 9, 1), "How old B is was not learned.", "Why.", "Fix.") { Subject = "feeds age", SharedCause = "feed tells no dates" };
        Assert.Equal(SharedFault.KeyOf(here), SharedFault.KeyOf(there));
        Assert.NotEqual(SharedFault.KeyOf(here), SharedFault.KeyOf(there with { SharedCause = "corp tells no dates" }));
        Assert.NotEqual(SharedFault.KeyOf(here), SharedFault.KeyOf(there with { SharedCause = "" }));
    }

    [Fact]
    public void What_two_projects_owe_at_one_line_of_a_linked_file_is_two_faults()
    {
        Assert.NotEqual(SharedFault.KeyOf(Fault), SharedFault.KeyOf(new Finding(Fault.Rule, Fault.Location, "Tests.csproj calls Far.Thing.Do.", Fault.Why, Fault.Fix) { Subject = "Far" }));
        Assert.NotEqual(SharedFault.KeyOf(Fault), SharedFault.KeyOf(Fault with { Subject = "Near" }));
        Assert.NotEqual(SharedFault.KeyOf(Fault), SharedFault.KeyOf(new Finding(RuleCatalog.TransitivePackageUsed, Fault.Location, Fault.What, Fault.Why, Fault.Fix) { Subject = "Far" }));
    }
}
