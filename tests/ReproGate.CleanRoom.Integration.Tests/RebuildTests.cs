using System.Text.Json;
using ReproGate.TestKit;

namespace ReproGate.CleanRoom.Integration.Tests;

/// <summary>RGATE42xx through the packed package: what a build writes down of the machine and the moment. One repository, one run for what differs and one for what is found after one build.</summary>
// One after the other: each asks the engine whether anything of its own is left.
[Collection("engine")]
public sealed class RebuildTests
{
    // A property that a task writes into a text file.
    private static readonly Cause[] Notes =
    [
        new("Host", "$([System.Environment]::MachineName)", "hostName"),
        new("User", "$([System.Environment]::UserName)", "userName"),
        new("Home", "$([System.Environment]::GetFolderPath(SpecialFolder.UserProfile))", "homeFolder"),
        new("Path", "$(MSBuildProjectDirectory)", "absolutePath"),
        new("Packages", "$(NuGetPackageRoot)", "absolutePath"),
        new("Temp", "$([System.IO.Path]::GetTempPath())", "absolutePath"),
        new("Variable", "$(BUILD_TAG)", "environmentVariable"),
        new("Processors", "$([System.Environment]::ProcessorCount)", "processorCount"),
        new("Zone", "$([System.DateTimeOffset]::FromUnixTimeSeconds(1000000000).ToLocalTime())", "timeZone"),
        new("Number", "$([System.Convert]::ToDouble('1234').ToString('N2'))", "culture"),
        new("Case", "$([System.String]::new('TITLE').ToLower())", "culture"),
        new("FileTime", "$([System.IO.File]::GetLastWriteTime('$(MSBuildProjectFullPath)').ToFileTimeUtc())", "fileTime"),
        new("Clock", "$([System.DateTime]::UtcNow.Ticks)", "timestamp", "RGATE4204"),
        // Two builds of one day write the same; one that is told to see another day does not.
        new("Day", "$([System.DateTime]::UtcNow.ToString('yyyy-MM-dd'))", "timestamp"),
        new("Year", "Copyright $([System.DateTime]::UtcNow.Year)", "timestamp"),
        new("Guid", "$([System.Guid]::NewGuid())", "random", "RGATE4204"),
        new("Lot", "$([System.IO.Path]::GetRandomFileName())", "random", "RGATE4204"),
        // Near misses: the same in every build.
        new("Fixed", "$([System.DateTimeOffset]::FromUnixTimeSeconds(1000000000))", ""),
        new("Invariant", "$([System.String]::new('TITLE').ToLowerInvariant()) $(MSBuildProjectName) $(SOURCE_DATE_EPOCH)", ""),
    ];

    // What a command writes.
    private static readonly Cause[] Commands =
    [
        new("host.txt", "uname -n > host.txt", "hostName"),
        new("user.txt", "whoami > user.txt", "userName"),
        new("path.txt", "pwd > path.txt", "absolutePath"),
        new("zone.txt", "date -d @1000000000 +%H:%M > zone.txt", "timeZone"),
        new("time.txt", "stat -c %Y in.txt > time.txt", "fileTime"),
        new("revision.txt", "git rev-parse --short HEAD > revision.txt", "gitMetadata"),
        new("clock.txt", "date +%s%N > clock.txt", "timestamp", "RGATE4204"),
        new("lot.txt", "cat /proc/sys/kernel/random/uuid > lot.txt", "random", "RGATE4204"),
        new("process.txt", "echo $$ > process.txt", "random", "RGATE4204"),
        new("order.txt", "ls -1i files | sort -n | sed s/.*[[:space:]]// > order.txt", "order"),
        new("race.txt", "for word in a b c d e f g h i j k l; do (sleep 0.`shuf -i 100-300 -n 1`; echo $word >> race.txt) &amp; done; wait", "race", "RGATE4204"),
        new("mode.tar", "cp in.txt out.txt; tar --mtime=@0 --owner=0 --group=0 -cf mode.tar out.txt; rm out.txt", "fileMode", "RGATE4202"),
        new("owner.tar", "tar --mtime=@0 --mode=644 -cf owner.tar in.txt", "userName", "RGATE4202"),
        new("time.tar", "tar --owner=0 --group=0 --mode=644 -cf time.tar in.txt", "fileTime", "RGATE4202"),
        // Near misses: sorted, whole, and with everything said.
        new("sorted.txt", "find files -type f | sort > sorted.txt", ""),
        new("whole.txt", "git rev-parse HEAD > whole.txt", ""),
        new("fixed.tar", "tar --mtime=@0 --owner=0 --group=0 --mode=644 -cf fixed.tar in.txt", ""),
    ];

    // What a project's own properties bring into what the compiler and pack make.
    private static readonly Cause[] Projects =
    [
        new("Lot", "<Deterministic>false</Deterministic>", "notDeterministic", "RGATE4204", "<Deterministic>"),
        new("Debug", "<DeterministicSourcePaths>false</DeterministicSourcePaths>", "debugPath", Line: "</Project>", File: "Directory.Build.props"),
        new("Caller", "<DeterministicSourcePaths>false</DeterministicSourcePaths><DebugType>none</DebugType>", "absolutePath"),
        new("Stamp", "<InformationalVersion>1.0-$([System.DateTime]::UtcNow.ToString('yyyyMMddHHmmss'))</InformationalVersion>", "timestamp", "RGATE4204", "<InformationalVersion>"),
        new("Version", "<Deterministic>false</Deterministic><AssemblyVersion>1.0.*</AssemblyVersion>", "timestamp", "RGATE4204"),
        new("Packed", "<GeneratePackageOnBuild>true</GeneratePackageOnBuild><Authors>$([System.Environment]::UserName)</Authors>", "userName", Line: "<Authors>"),
        new("Generated", "<Made>true</Made>", "hostName", Line: "<WriteLinesToFile"),
        new("Plain", "<GeneratePackageOnBuild>true</GeneratePackageOnBuild><Authors>Test</Authors>", ""),
    ];

    [Fact]
    public void Each_cause_is_told_with_the_task_and_the_place()
    {
        using TestRepository repo = RoomRepository.Create("répo with space", "<ReproGateCleanRoomTest>false</ReproGateCleanRoomTest><ReproGateMachineEnabled>false</ReproGateMachineEnabled><ReproGatePackagesEnabled>false</ReproGatePackagesEnabled>");
        repo.Write("Notes/Notes.csproj", Project(string.Concat(Notes.Select(static note => $"""
                <PropertyGroup>
                  <{note.Name}Note>{note.Source}</{note.Name}Note>
                </PropertyGroup>
                <WriteLinesToFile File="$(OutDir){note.Name}.txt" Lines="$({note.Name}Note)" Overwrite="true" />

            """))));
        repo.Write("Commands/Commands.csproj", Project(string.Concat(Commands.Select(static command => $"    <Exec Command=\"{command.Source}\" />\n")) + "    <ZipDirectory SourceDirectory=\"files\" DestinationFile=\"files.zip\" />\n"))
            .Write("Commands/in.txt", "in\n").Write("Commands/files/b.txt", "").Write("Commands/files/a.txt", "").Write("Commands/files/d.txt", "").Write("Commands/files/c.txt", "");
        foreach (Cause project in Projects)
        {
            repo.Write($"{project.Name}/{project.Name}.csproj", Project("", $"    {project.Source}\n"))
                .Write($"{project.Name}/Thing.cs", $"namespace {project.Name};\n\npublic static class Thing\n{{\n    public static string Value => {(project.Name == "Caller" ? "Where()" : "\"\"")};\n\n    private static string Where([System.Runtime.CompilerServices.CallerFilePath] string path = \"\") => path;\n}}\n");
        }

        repo.Write("Generated/Generated.csproj", Project("").Replace("  <Target Name=\"Note\" AfterTargets=\"Build\">\n", "  <Target Name=\"Make\" BeforeTargets=\"CoreCompile\">\n    <WriteLinesToFile File=\"$(IntermediateOutputPath)Made.cs\" Lines=\"internal static class Made { public const string Host = &quot;$([System.Environment]::MachineName)&quot;%3B }\" Overwrite=\"true\" />\n    <ItemGroup>\n      <Compile Include=\"$(IntermediateOutputPath)Made.cs\" />\n    </ItemGroup>\n", StringComparison.Ordinal));
        repo.Write("Web/Web.csproj", Project("").Replace("Microsoft.NET.Sdk", "Microsoft.NET.Sdk.Web", StringComparison.Ordinal)).Write("Web/Program.cs", "Microsoft.AspNetCore.Builder.WebApplication.CreateBuilder(args).Build().Run();\n").Write("Web/wwwroot/site.css", "body { margin: 0 }\n");
        repo.Solution("All.slnx", [.. Projects.Select(static project => project.Name).Concat(["Notes", "Commands", "Web"]).Select(static name => $"{name}/{name}.csproj")]).Lock("All.slnx");

        ProcessResult result = repo.Dotnet("build", "All.slnx", "-t:CleanRoom", "-p:ReproGateCleanRoomClock=400");

        Assert.NotEqual(0, result.ExitCode);
        using (JsonDocument report = RoomRepository.Report(repo))
        {
            Assert.True(report.RootElement.GetProperty("whole").GetBoolean(), result.Describe());
            Dictionary<string, string> causes = report.RootElement.GetProperty("comparison").GetProperty("differences").EnumerateArray()
                .ToDictionary(static output => output.GetProperty("path").GetString()!, static output => output.TryGetProperty("cause", out JsonElement cause) ? cause.GetProperty("class").GetString()! : "", StringComparer.Ordinal);
            List<string> wrong = [];
            foreach (Cause note in Notes)
            {
                Expect(note, $"Notes/bin/Release/net10.0/{note.Name}.txt", "WriteLinesToFile", "Notes/Notes.csproj", $"<{note.Name}Note>");
            }

            foreach (Cause command in Commands)
            {
                Expect(command, $"Commands/{command.Name}", "Exec", "Commands/Commands.csproj", $"\"{command.Source}\"");
            }

            foreach (Cause project in Projects)
            {
                string output = $"{project.Name}/bin/Release/net10.0/{project.Name}.dll";
                Expect(project, output, "Csc", project.File ?? $"{project.Name}/{project.Name}.csproj", project.Line);
            }

            Expect(new("", "", "userName"), "Packed/bin/Release/Packed.1.0.0.nupkg", "PackTask", "Packed/Packed.csproj", "<Authors>");
            Expect(new("", "", "fileTime", "RGATE4202"), "Commands/files.zip", "ZipDirectory", "Commands/Commands.csproj", "");
            Expect(new("", "", "fileTime", "RGATE4202"), "Web/bin/Release/net10.0/Web.staticwebassets.endpoints.json", "GenerateStaticWebAssetEndpointsManifest", "Web/Web.csproj", "");
            Expect(new("", "", ""), "Plain/bin/Release/Plain.1.0.0.nupkg", "", "", "");
            Assert.True(wrong.Count == 0, string.Join('\n', wrong) + "\n" + result.Describe());
            // Told from values and logs: one build more to see what differs by itself, and none to search.
            Assert.Equal(3, report.RootElement.GetProperty("builds").GetInt32());

            void Expect(Cause cause, string output, string task, string file, string line)
            {
                string found = causes.GetValueOrDefault(output, "");
                Diagnostic[] told = [.. result.Findings.Where(finding => finding.Text.StartsWith(output + " ", StringComparison.Ordinal))];
                int at = line.Length == 0 ? 0 : Array.FindIndex(File.ReadAllLines(repo.PathOf(file)), text => text.Contains(line, StringComparison.Ordinal)) + 1;
                bool right = cause.Class.Length == 0
                    ? told.Length == 0
                    : told is [var finding] && finding.Code == cause.Rule && finding.IsError == (cause.Rule != "RGATE4202") && finding.File == repo.PathOf(file) && (line.Length == 0 || finding.Line == at) && finding.Text.Contains($"task {task} in target", StringComparison.Ordinal);
                if (found != cause.Class || !right)
                {
                    wrong.Add($"{output}: expected {cause.Class} ({cause.Rule}) at {file}({at}) by {task}, found {found}: {string.Join(" | ", told.Select(static one => $"{one.Code} {one.File}({one.Line}) {one.Text}"))}");
                }
            }
        }

        // After one build, without any comparison: what the room is called, wherever it stands.
        ProcessResult once = repo.Dotnet("msbuild", "All.slnx", "-t:CleanRoom", "-p:ReproGateCleanRoomRebuild=false");

        Assert.NotEqual(0, once.ExitCode);
        string[] values =
        [
            "Caller/bin/Release/net10.0/Caller.dll holds the build path",
            "Commands/clock.txt holds the build time",
            "Commands/host.txt holds the host name",
            "Commands/owner.tar holds the user name",
            "Commands/path.txt holds the build path",
            "Commands/user.txt holds the user name",
            "Debug/bin/Release/net10.0/Debug.dll holds the build path",
            "Debug/bin/Release/net10.0/Debug.pdb holds the build path",
            "Generated/bin/Release/net10.0/Generated.dll holds the host name",
            "Generated/bin/Release/net10.0/Generated.pdb holds the host name",
            "Lot/bin/Release/net10.0/Lot.dll holds the build path",
            "Lot/bin/Release/net10.0/Lot.pdb holds the build path",
            "Notes/bin/Release/net10.0/Clock.txt holds the build time",
            "Notes/bin/Release/net10.0/Home.txt holds the home",
            "Notes/bin/Release/net10.0/Host.txt holds the host name",
            "Notes/bin/Release/net10.0/Packages.txt holds the packages folder",
            "Notes/bin/Release/net10.0/Path.txt holds the build path",
            "Notes/bin/Release/net10.0/User.txt holds the user name",
            "Packed/bin/Release/Packed.1.0.0.nupkg holds the user name",
            "Packed/bin/Release/net10.0/Packed.dll holds the user name",
            "Stamp/bin/Release/net10.0/Stamp.dll holds the build time",
            "Version/bin/Release/net10.0/Version.dll holds the build path",
            "Version/bin/Release/net10.0/Version.pdb holds the build path",
        ];
        Diagnostic[] canaries = [.. once.WithCode("RGATE4203")];
        Assert.Equal(values, canaries.Select(static finding => finding.Text[..finding.Text.IndexOf(" of the machine", StringComparison.Ordinal)]).Order(StringComparer.Ordinal));
        Assert.All(canaries, finding => Assert.Equal(repo.PathOf($"{finding.Text.Split('/')[0]}/{finding.Text.Split('/')[0]}.csproj"), finding.File));
        // Near misses are the outputs that are not named: fixed values, sorted lists, a package without the user's name.
        Assert.Equal(canaries.Length, once.Findings.Count());
        RoomRepository.AssertNothingLeft();
    }

    private static string Project(string steps, string properties = "") => $"""
        <Project Sdk="Microsoft.NET.Sdk">
          <PropertyGroup>
            <TargetFramework>net10.0</TargetFramework>
        {properties}  </PropertyGroup>
          <Target Name="Note" AfterTargets="Build">
        {steps}  </Target>
        </Project>

        """.ReplaceLineEndings("\n");

    private sealed record Cause(string Name, string Source, string Class, string Rule = "RGATE4201", string Line = "", string? File = null);
}
