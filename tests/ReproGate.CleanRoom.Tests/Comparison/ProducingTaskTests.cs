using ReproGate.CleanRoom.Comparison;
using ReproGate.TestKit;

namespace ReproGate.CleanRoom.Tests.Comparison;

public sealed class ProducingTaskTests
{
    [Fact]
    public void Every_output_of_a_build_is_followed_back_to_its_task()
    {
        using TestRepository repository = TestRepository.Create("pro ducing", privatePackages: false, gate: false, git: false)
            .Write("Lib/Lib.csproj", """
                <Project Sdk="Microsoft.NET.Sdk">
                  <PropertyGroup><TargetFramework>net10.0</TargetFramework><GenerateDocumentationFile>true</GenerateDocumentationFile><NoWarn>CS1591</NoWarn></PropertyGroup>
                  <Target Name="Stamp" AfterTargets="Build">
                    <WriteLinesToFile File="$(OutputPath)stamp.txt" Lines="x" Overwrite="true" />
                    <ReadLinesFromFile File="$(OutputPath)stamp.txt" />
                    <Exec Command="echo x>&quot;$(OutputPath)command.txt&quot;" />
                  </Target>
                </Project>
                """)
            .Write("Lib/Lib.cs", "public class Lib { }")
            .Write("App/App.csproj", """
                <Project Sdk="Microsoft.NET.Sdk">
                  <PropertyGroup><TargetFramework>net10.0</TargetFramework><OutputType>Exe</OutputType></PropertyGroup>
                  <ItemGroup>
                    <ProjectReference Include="../Lib/Lib.csproj" />
                    <Content Include="note.txt" CopyToOutputDirectory="Always" />
                  </ItemGroup>
                </Project>
                """)
            .Write("App/note.txt", "n")
            .Write("App/App.cs", "class App { static void Main() { } }");
        ProcessResult result = repository.Dotnet("build", "App/App.csproj", "-p:Configuration=Release", "-t:Build;Pack");
        Assert.True(result.ExitCode == 0, result.Describe());

        string binlog = result.Binlog!;
        BuildRecord log = BuildRecord.TryRead(binlog)!;
        AssertProducer(log, "App/bin/Release/net10.0/Lib.dll", "Lib.csproj", "Csc");
        AssertProducer(log, repository.PathOf("Lib/bin/Release/net10.0/Lib.pdb"), "Lib.csproj", "Csc");
        AssertProducer(log, "Lib/bin/Release/net10.0/Lib.xml", "Lib.csproj", "Csc");
        AssertProducer(log, "App/bin/Release/net10.0/App.deps.json", "App.csproj", "GenerateDepsFile");
        AssertProducer(log, "App/bin/Release/net10.0/App.runtimeconfig.json", "App.csproj", "GenerateRuntimeConfigurationFiles");
        AssertProducer(log, "App/bin/Release/App.1.0.0.nupkg", "App.csproj", "PackTask");
        ProducedBy stamp = AssertProducer(log, "Lib/bin/Release/net10.0/stamp.txt", "Lib.csproj", "WriteLinesToFile");
        Assert.Equal("Stamp", stamp.Target);
        Assert.EndsWith("Lib.csproj", stamp.Location!.File, StringComparison.Ordinal);
        Assert.Equal(4, stamp.Location.Line);
        AssertProducer(log, "Lib/bin/Release/net10.0/command.txt", "Lib.csproj", "Exec");
        // Copied from the source tree: the copy itself is all there is.
        AssertProducer(log, "App/bin/Release/net10.0/note.txt", "App.csproj", "Copy");
        Assert.Equal("Csc", ProducingTask.Find(binlog, "App/bin/Release/net10.0/Lib.dll")!.Task);
        Assert.Null(log.Producer("App/bin/Release/net10.0/b.dll"));
        Assert.Null(log.Producer("p.dll"));
        Assert.Null(ProducingTask.Find(repository.PathOf("App/App.cs"), "App.dll"));
        Assert.Null(ProducingTask.Find(binlog + ".gone", "App.dll"));
    }

    private static ProducedBy AssertProducer(BuildRecord log, string path, string project, string task)
    {
        ProducedBy? produced = log.Producer(path)?.ToProducedBy();
        Assert.True(produced is not null, $"{path}: no producer");
        Assert.Equal((project, task), (Path.GetFileName(produced!.Project), produced.Task));
        return produced;
    }
}
