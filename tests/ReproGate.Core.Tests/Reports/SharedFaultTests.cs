using ReproGate.Reports;

namespace ReproGate.Core.Tests.Reports;

public sealed class SharedFaultTests
{
    private static readonly Finding Fault = new(RuleCatalog.TransitiveProjectUsed, new SourceLocation("/r/Shared/Helper.cs", 7, 5), "App.csproj calls Far.Thing.Do.", "Why.", "Add a reference to App.csproj.") { Subject = "Far" };

    [Fact]
    public void The_same_said_of_the_same_place_is_one_fault() =>
        Assert.Equal(SharedFault.KeyOf(Fault), SharedFault.KeyOf(new Finding(Fault.Rule, Fault.Location, Fault.What, Fault.Why, "dotnet restore Other.csproj") { Subject = "Far" }));

    [Fact]
    public void What_two_projects_owe_at_one_line_of_a_linked_file_is_two_faults()
    {
        Assert.NotEqual(SharedFault.KeyOf(Fault), SharedFault.KeyOf(new Finding(Fault.Rule, Fault.Location, "Tests.csproj calls Far.Thing.Do.", Fault.Why, Fault.Fix) { Subject = "Far" }));
        Assert.NotEqual(SharedFault.KeyOf(Fault), SharedFault.KeyOf(Fault with { Subject = "Near" }));
        Assert.NotEqual(SharedFault.KeyOf(Fault), SharedFault.KeyOf(new Finding(RuleCatalog.TransitivePackageUsed, Fault.Location, Fault.What, Fault.Why, Fault.Fix) { Subject = "Far" }));
    }
}
