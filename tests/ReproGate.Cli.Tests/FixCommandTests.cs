using ReproGate.Cli.Commands;

namespace ReproGate.Cli.Tests;

/// <summary>Which commands `reprogate fix` runs for a finding.</summary>
public sealed class FixCommandTests
{
    [Fact]
    public void A_command_for_several_projects_is_run_as_several_commands() => Assert.Equal(
        ["dotnet|restore|/r/a && b/A.csproj|--force-evaluate", "dotnet|restore|/r/B.csproj|--force-evaluate"],
        FixCommand.Steps("dotnet restore \"/r/a && b/A.csproj\" --force-evaluate && dotnet restore \"/r/B.csproj\" --force-evaluate").Select(static words => string.Join('|', words)));

    [Theory]
    [InlineData("dotnet restore \"/r/A.csproj\" --force", true)]
    [InlineData("dotnet msbuild -t:ReproGateLock \"/r/S.slnx\"", true)]
    [InlineData("dotnet restore \"/r/A.csproj\" --force && git add \"/r/x\"", false)]
    [InlineData("dotnet restore \"/r/A.csproj\" && dotnet run", false)]
    [InlineData("git add \"/r/packages.lock.json\"", true)]
    [InlineData("git add \"/r/packages.lock.json\" \"/r/other\"", false)]
    [InlineData("git add --all", false)]
    [InlineData("git push", false)]
    [InlineData("dotnet msbuild -t:Clean", false)]
    [InlineData("", false)]
    public void Only_what_writes_lock_files_anew_or_adds_one_is_run_unasked(string command, bool run) => Assert.Equal(run, FixCommand.MaySafelyRun(command));
}
