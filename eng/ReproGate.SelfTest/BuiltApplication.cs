using System.Collections.Immutable;
using System.Text.Json;
using CliWrap;
using CliWrap.Buffered;
using ReproGate.Facts.Configuration;
using ReproGate.Gates.Configuration;
using ReproGate.Recorder;
using ReproGate.Repository.Git;
using ReproGate.Settings;

namespace ReproGate.SelfTest;

/// <summary>The facts of an application that stands built in a repository, read as the gate's own task reads them.</summary>
internal static class BuiltApplication
{
    /// <summary>Asks MSBuild for the project's output and items, then reads its code and what provides its configuration.</summary>
    /// <param name="root">Absolute path of the repository.</param>
    /// <exception cref="InvalidOperationException">The project cannot be evaluated or is not built; the message says which.</exception>
    public static async Task<AppConfiguration> ReadAsync(string root, EnvironmentMatrix matrix, MatrixApp app, ProviderReader reader, CancellationToken cancellation)
    {
        string project = Path.Combine(root, app.Project);
        BufferedCommandResult evaluated = await Cli.Wrap("dotnet")
            .WithArguments(["msbuild", project, "-getProperty:TargetPath,AssemblyName", "-getItem:Content,None"])
            .WithValidation(CommandResultValidation.None)
            .ExecuteBufferedAsync(cancellation).ConfigureAwait(false);
        if (evaluated.ExitCode != 0)
        {
            throw new InvalidOperationException($"{app.Project} cannot be evaluated: {evaluated.StandardOutput}{evaluated.StandardError}");
        }

        using JsonDocument answer = JsonDocument.Parse(evaluated.StandardOutput);
        string assembly = answer.RootElement.GetProperty("Properties").GetProperty("TargetPath").GetString()!;
        if (!File.Exists(assembly))
        {
            throw new InvalidOperationException($"{app.Project} is not built: {assembly} is not there.");
        }

        ExecutableConfiguration code = ProjectAssemblies.Link(assembly);
        string directory = Path.GetDirectoryName(project)!;
        ImmutableArray<SettingsFile> files =
        [
            .. from item in answer.RootElement.GetProperty("Items").EnumerateObject().SelectMany(static items => items.Value.EnumerateArray())
               let path = item.GetProperty("FullPath").GetString()!
               where SettingsFileName.IsOf(path, directory)
               group item by path into items
               select new SettingsFile(items.Key, SettingsFileName.Ships(items.Last().TryGetProperty("CopyToPublishDirectory", out JsonElement copies) ? copies.GetString()! : "")),
        ];
        return new AppConfiguration
        {
            Code = code,
            Matrix = matrix,
            App = app,
            SettingsFiles = files,
            RepositoryRoot = root + Path.DirectorySeparatorChar,
            Environments = reader.ReadAll(
                matrix,
                app,
                new ProviderRequest
                {
                    Host = code.Host,
                    ProjectDirectory = directory,
                    AssemblyName = answer.RootElement.GetProperty("Properties").GetProperty("AssemblyName").GetString()!,
                    IsTracked = path => GitReader.State(path, cancellation) is not { } state || state.Tracked,
                    PublishedFiles = [.. files.Where(static file => file.Ships).Select(static file => file.Path)],
                },
                cancellation),
        };
    }
}
