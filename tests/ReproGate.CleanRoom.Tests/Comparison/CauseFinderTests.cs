using System.Collections.Immutable;
using ReproGate.CleanRoom.Comparison;
using ReproGate.Facts.CleanRoom;
using ReproGate.TestKit;

namespace ReproGate.CleanRoom.Tests.Comparison;

/// <summary>One project with a fault of each kind, built twice by real dotnet processes on two "machines".</summary>
public sealed class CauseFinderTests : IClassFixture<CauseFinderTests.TwoBuilds>
{
    private readonly TwoBuilds _builds;

    public CauseFinderTests(TwoBuilds builds) => _builds = builds;

    [Theory]
    [InlineData("time.txt", CauseClass.Timestamp, "TimeStamp")]
    [InlineData("ticks.txt", CauseClass.Timestamp, "TickStamp")]
    [InlineData("fraction.txt", CauseClass.Timestamp, "FractionStamp")]
    [InlineData("date.txt", CauseClass.Timestamp, "date +%s")]
    [InlineData("zone.txt", CauseClass.TimeZone, "ZoneStamp")]
    [InlineData("path.txt", CauseClass.AbsolutePath, "PathStamp")]
    [InlineData("pwd.txt", CauseClass.AbsolutePath, null)]
    [InlineData("home.txt", CauseClass.HomeFolder, "HomeStamp")]
    [InlineData("user.txt", CauseClass.UserName, "UserStamp")]
    [InlineData("host.txt", CauseClass.HostName, "HostStamp")]
    [InlineData("variable.txt", CauseClass.EnvironmentVariable, "VariableStamp")]
    [InlineData("guid.txt", CauseClass.Random, "GuidStamp")]
    [InlineData("random.txt", CauseClass.Random, "/dev/urandom")]
    [InlineData("uuid.txt", CauseClass.Random, null)]
    [InlineData("locale.txt", CauseClass.Culture, "LocaleStamp")]
    [InlineData("temporary.txt", CauseClass.AbsolutePath, "TemporaryStamp")]
    [InlineData("processors.txt", CauseClass.ProcessorCount, "ProcessorStamp")]
    [InlineData("mtime.txt", CauseClass.FileTime, null)]
    [InlineData("order.txt", CauseClass.Order, null)]
    [InlineData("Faulty.dll", CauseClass.Timestamp, "BuildStamp")]
    [InlineData("Faulty.pdb", CauseClass.DebugPath, null)]
    [InlineData("Plain.1.0.0.nupkg", CauseClass.DebugPath, null)]
    [InlineData("Plain.pdb", CauseClass.DebugPath, null)]
    [InlineData("Generated.dll", CauseClass.Random, "GeneratedStamp")]
    [InlineData("Loose.dll", CauseClass.NotDeterministic, "<Deterministic>false")]
    [InlineData("Revision.dll", CauseClass.GitMetadata, null)]
    [InlineData("content.zip", CauseClass.FileTime, null)]
    [InlineData("Sound.1.0.0.nupkg", CauseClass.FileTime, null)]
    public void Each_fault_gives_its_cause(string file, CauseClass expected, string? line)
    {
        DifferingOutput output = _builds.Explained.SingleOrDefault(output => output.Path.EndsWith("/" + file, StringComparison.Ordinal) && output.Path.StartsWith("out/", StringComparison.Ordinal))
            ?? throw new Xunit.Sdk.XunitException($"{file} does not differ; these do: {string.Join(", ", _builds.Explained.Select(static output => output.Path))}");

        Assert.True(expected == output.Cause.Class, output.ToString());
        Assert.NotEmpty(output.Cause.Evidence);
        Assert.NotEmpty(output.Cause.Mend);
        Assert.NotEmpty(output.Producer);
        if (line is not null)
        {
            Assert.True(output.Cause.Location is not null, output.ToString());
            Assert.StartsWith(_builds.Root, output.Cause.Location!.File, StringComparison.Ordinal);
            string text = File.ReadAllLines(output.Cause.Location.File)[output.Cause.Location.Line - 1];
            Assert.True(text.Contains(line, StringComparison.Ordinal), $"{text}\n{output}");
        }
    }

    [Theory]
    [InlineData("guid.txt", true)]
    [InlineData("random.txt", true)]
    [InlineData("time.txt", false)]
    [InlineData("host.txt", false)]
    [InlineData("zone.txt", false)]
    [InlineData("processors.txt", false)]
    [InlineData("locale.txt", false)]
    [InlineData("Faulty.dll", false)]
    // Only its source says what it comes from.
    [InlineData("fraction.txt", false)]
    public void What_its_source_draws_by_lot_differs_by_itself_even_if_two_draws_were_alike(string file, bool byItself) =>
        Assert.Equal(byItself, Assert.Single(_builds.Explained, output => output.Path.EndsWith("/" + file, StringComparison.Ordinal) && output.Path.StartsWith("out/", StringComparison.Ordinal)).IsFlaky);

    [Fact]
    public void What_does_not_depend_on_the_machine_is_identical()
    {
        Assert.DoesNotContain(_builds.Explained, static output => output.Path.EndsWith("/sound.txt", StringComparison.Ordinal) || output.Path.EndsWith("/Sound.dll", StringComparison.Ordinal) || output.Path.EndsWith("/Sound.pdb", StringComparison.Ordinal));
        Assert.True(File.Exists(Path.Combine(_builds.Root, "out", "Sound", "Sound.pdb")));
    }

    [Fact]
    public void Canaries_are_found_where_they_are()
    {
        ImmutableArray<CanaryHit> hits = CanarySearch.Find(Path.Combine(_builds.Root, "out"), _builds.Left.Canaries, CancellationToken.None);

        Assert.Contains(hits, static hit => hit.Path == "Faulty/host.txt" && hit.Canary.Name == "host name");
        Assert.Contains(hits, static hit => hit.Path == "Faulty/path.txt" && hit.Canary.Name == "build path");
        Assert.Contains(hits, static hit => hit.Path == "Plain/Plain.pdb" && hit.Canary.Name == "build path");
        Assert.DoesNotContain(hits, static hit => hit.Path.StartsWith("Sound/", StringComparison.Ordinal));
    }

    public sealed class TwoBuilds : IDisposable
    {
        private readonly TestRepository _left;
        private readonly TestRepository _right;

        public TwoBuilds()
        {
            // Each project by itself: MSBuild builds them in one process, one after the other.
            _left = Make("left");
            _right = Make("right elsewhere");
            _left.Git("init", "--quiet", "--initial-branch=main");
            _left.Commit("first");
            Left = Machine(_left, "lars", "first-host-1", "UTC", "C.UTF-8", "tag-of-left", 2);
            Right = Machine(_right, "zoe-r", "other-host-2", "Asia/Kathmandu", "tr_TR.UTF-8", "tag-of-right", 1);
            string leftLog = Build(_left, Left);
            string rightLog = Build(_right, Right);
            ComparisonResult result = OutputTreeComparer.Compare(_left.PathOf("out"), _right.PathOf("out"), ComparisonOptions.Default, CancellationToken.None);
            result = result with { Differences = [.. result.Differences.Select(static difference => difference with { Path = "out/" + difference.Path })] };
            Explained = CauseFinder.Create(leftLog, rightLog, Left, Right, _left.Root).Explain(
                result,
                static _ => [],
                // As a run with nothing varied would tell that drew two of them alike, as happens to numbers of processes.
                static path => Path.GetFileName(path) is "uuid.txt" or "Loose.dll" or "Generated.dll");
        }

        public BuildMachine Left { get; }

        public BuildMachine Right { get; }

        public ImmutableArray<DifferingOutput> Explained { get; }

        public string Root => _left.Root;

        public void Dispose()
        {
            _left.Dispose();
            _right.Dispose();
        }

        private static BuildMachine Machine(TestRepository repository, string user, string host, string zone, string locale, string tag, int processors)
        {
            string parent = Path.GetDirectoryName(repository.Root)!;
            return new BuildMachine
            {
                SourcePath = repository.Root,
                Home = Path.Combine(parent, "folder-of-" + user),
                User = user,
                HostName = host,
                TimeZone = zone,
                Locale = locale,
                Temporary = Directory.CreateDirectory(Path.Combine(parent, "scratch-" + user)).FullName,
                Processors = processors,
                Variables = [KeyValuePair.Create("BUILD_TAG", tag)],
            };
        }

        private static string Build(TestRepository repository, BuildMachine machine)
        {
            Directory.CreateDirectory(machine.Home);
            foreach ((string name, string value) in new[] { ("HOME", machine.Home), ("USER", machine.User), ("HOSTNAME", machine.HostName), ("TZ", machine.TimeZone), ("LANG", machine.Locale), ("BUILD_TAG", machine.Variables[0].Value), ("TMPDIR", machine.Temporary), ("DOTNET_PROCESSOR_COUNT", machine.Processors.ToString(System.Globalization.CultureInfo.InvariantCulture)) })
            {
                repository.Environment[name] = value;
            }

            ProcessResult result = repository.Dotnet("build", "All.slnx", "-c", "Release", "-m:1");
            Assert.True(result.ExitCode == 0, result.Describe());
            return result.Binlog!;
        }

        private static TestRepository Make(string name)
        {
            bool left = name == "left";
            TestRepository repository = TestRepository.Create(name, privatePackages: false, gate: false, git: false)
                .Write("Directory.Build.props", """
                    <Project>
                      <PropertyGroup>
                        <TargetFramework>net10.0</TargetFramework>
                        <OutDir>$(MSBuildThisFileDirectory)out/$(MSBuildProjectName)/</OutDir>
                        <PackageOutputPath>$(OutDir)</PackageOutputPath>
                        <GenerateDependencyFile>false</GenerateDependencyFile>
                        <EnableSourceControlManagerQueries>false</EnableSourceControlManagerQueries>
                      </PropertyGroup>
                    </Project>
                    """)
                .Write("Faulty/Faulty.csproj", """
                    <Project Sdk="Microsoft.NET.Sdk">
                      <PropertyGroup>
                        <TimeStamp>$([System.DateTime]::UtcNow.ToString("o"))</TimeStamp>
                        <TickStamp>$([System.DateTime]::UtcNow.Ticks)</TickStamp>
                        <FractionStamp>$([System.DateTime]::UtcNow.ToString("fffffff"))</FractionStamp>
                        <ZoneStamp>$([System.DateTimeOffset]::FromUnixTimeSeconds(1714557600).LocalDateTime.ToString("yyyy-MM-ddTHH:mm:ss"))</ZoneStamp>
                        <PathStamp>built in $(MSBuildProjectDirectory)</PathStamp>
                        <HomeStamp>$(HOME)/settings</HomeStamp>
                        <UserStamp>by $(USER)</UserStamp>
                        <HostStamp>on $(HOSTNAME)</HostStamp>
                        <VariableStamp>$(BUILD_TAG)</VariableStamp>
                        <GuidStamp>$([System.Guid]::NewGuid())</GuidStamp>
                        <LocaleStamp>$(LANG)</LocaleStamp>
                        <TemporaryStamp>$([System.IO.Path]::GetTempPath())</TemporaryStamp>
                        <ProcessorStamp>$([System.Environment]::ProcessorCount)</ProcessorStamp>
                        <BuildStamp>$([System.DateTime]::UtcNow.ToString("yyyyMMddHHmmssfff"))</BuildStamp>
                      </PropertyGroup>
                      <ItemGroup>
                        <AssemblyMetadata Include="Built" Value="$(BuildStamp)" />
                        <Listed Include="a;b;c" Condition="'$(BUILD_TAG)' == 'tag-of-left'" />
                        <Listed Include="c;b;a" Condition="'$(BUILD_TAG)' != 'tag-of-left'" />
                      </ItemGroup>
                      <Target Name="Write" AfterTargets="Build">
                        <WriteLinesToFile File="$(OutDir)time.txt" Lines="$(TimeStamp)" Overwrite="true" />
                        <WriteLinesToFile File="$(OutDir)ticks.txt" Lines="$(TickStamp)" Overwrite="true" />
                        <WriteLinesToFile File="$(OutDir)fraction.txt" Lines="$(FractionStamp)" Overwrite="true" />
                        <WriteLinesToFile File="$(OutDir)zone.txt" Lines="$(ZoneStamp)" Overwrite="true" />
                        <WriteLinesToFile File="$(OutDir)path.txt" Lines="$(PathStamp)" Overwrite="true" />
                        <WriteLinesToFile File="$(OutDir)home.txt" Lines="$(HomeStamp)" Overwrite="true" />
                        <WriteLinesToFile File="$(OutDir)user.txt" Lines="$(UserStamp)" Overwrite="true" />
                        <WriteLinesToFile File="$(OutDir)host.txt" Lines="$(HostStamp)" Overwrite="true" />
                        <WriteLinesToFile File="$(OutDir)variable.txt" Lines="$(VariableStamp)" Overwrite="true" />
                        <WriteLinesToFile File="$(OutDir)guid.txt" Lines="$(GuidStamp)" Overwrite="true" />
                        <WriteLinesToFile File="$(OutDir)locale.txt" Lines="$(LocaleStamp)" Overwrite="true" />
                        <WriteLinesToFile File="$(OutDir)temporary.txt" Lines="$(TemporaryStamp)" Overwrite="true" />
                        <WriteLinesToFile File="$(OutDir)processors.txt" Lines="$(ProcessorStamp)" Overwrite="true" />
                        <WriteLinesToFile File="$(OutDir)order.txt" Lines="@(Listed)" Overwrite="true" />
                        <WriteLinesToFile File="$(OutDir)mtime.txt" Lines="%(Compile.ModifiedTime)" Overwrite="true" Condition="'%(Compile.Filename)' == 'Faulty'" />
                        <WriteLinesToFile File="$(OutDir)sound.txt" Lines="$(MSBuildProjectName)" Overwrite="true" />
                        <Exec Command="sleep 1; date +%s &gt; &quot;$(OutDir)date.txt&quot;" />
                        <Exec Command="pwd &gt; &quot;$(OutDir)pwd.txt&quot;" />
                        <Exec Command="od -An -N8 -tx1 /dev/urandom &gt; &quot;$(OutDir)random.txt&quot;" />
                        <Exec Command="cat /proc/sys/kernel/random/uuid &gt; &quot;$(OutDir)uuid.txt&quot;" />
                        <MakeDir Directories="$(OutDir)../Zip" />
                        <ZipDirectory SourceDirectory="$(MSBuildProjectDirectory)/content" DestinationFile="$(OutDir)../Zip/content.zip" Overwrite="true" />
                      </Target>
                    </Project>
                    """)
                .Write("Faulty/Faulty.cs", "public class Faulty { public int One() => 1; }")
                .Write("Faulty/content/a.txt", "a")
                .Write("Plain/Plain.csproj", """<Project Sdk="Microsoft.NET.Sdk"><PropertyGroup><GeneratePackageOnBuild>true</GeneratePackageOnBuild><DebugType>portable</DebugType></PropertyGroup></Project>""")
                .Write("Plain/Plain.cs", "public class Plain { public int One() => 1; }")
                .Write("Generated/Generated.csproj", """
                    <Project Sdk="Microsoft.NET.Sdk">
                      <PropertyGroup>
                        <PathMap>$(MSBuildThisFileDirectory)=/_/</PathMap>
                        <GeneratedStamp>$([System.Guid]::NewGuid().ToString("N"))</GeneratedStamp>
                      </PropertyGroup>
                      <Target Name="Generate" BeforeTargets="CoreCompile">
                        <WriteLinesToFile File="$(IntermediateOutputPath)Stamp.cs" Lines="static class Stamp { public static string Id() => &quot;$(GeneratedStamp)&quot;%3B }" Overwrite="true" />
                        <ItemGroup><Compile Include="$(IntermediateOutputPath)Stamp.cs" /></ItemGroup>
                      </Target>
                    </Project>
                    """)
                .Write("Loose/Loose.csproj", """
                    <Project Sdk="Microsoft.NET.Sdk">
                      <PropertyGroup>
                        <PathMap>$(MSBuildThisFileDirectory)=/_/</PathMap>
                        <Deterministic>false</Deterministic>
                      </PropertyGroup>
                    </Project>
                    """)
                .Write("Loose/Loose.cs", "public class Loose { }")
                .Write("Revision/Revision.csproj", """<Project Sdk="Microsoft.NET.Sdk"><PropertyGroup><EnableSourceControlManagerQueries>true</EnableSourceControlManagerQueries><PathMap>$(MSBuildThisFileDirectory)=/_/</PathMap></PropertyGroup></Project>""")
                .Write("Revision/Revision.cs", "public class Revision { }")
                .Write("Sound/Sound.csproj", """<Project Sdk="Microsoft.NET.Sdk"><PropertyGroup><GeneratePackageOnBuild>true</GeneratePackageOnBuild><PathMap>$(MSBuildThisFileDirectory)=/_/</PathMap></PropertyGroup></Project>""")
                .Write("Sound/Sound.cs", "public class Sound { public int One() => 1; }")
                .Write(".gitignore", "obj/\nout/\n.feeds/\n")
                .Solution("All.slnx", "Faulty/Faulty.csproj", "Plain/Plain.csproj", "Generated/Generated.csproj", "Loose/Loose.csproj", "Revision/Revision.csproj", "Sound/Sound.csproj");
            var time = new DateTime(2024, 1, left ? 1 : 3, 10, 0, left ? 0 : 30, DateTimeKind.Utc);
            File.SetLastWriteTimeUtc(repository.PathOf("Faulty/Faulty.cs"), time);
            File.SetLastWriteTimeUtc(repository.PathOf("Faulty/content/a.txt"), time);
            return repository;
        }
    }
}
