using System.CommandLine;
using System.Text;
using ReproGate.Cli.Building;
using ReproGate.Cli.Jobs;
using ReproGate.CleanRoom.Jobs;

namespace ReproGate.Cli.Commands;

/// <summary><c>reprogate cleanroom matrix</c>: prints the jobs of a repository, for machines that each do one of them.</summary>
internal static class CleanRoomMatrixCommand
{
    public static Command Create()
    {
        var path = new Argument<string[]>("path") { Description = "Solutions, projects, or folders that hold one; every solution that git holds where it is left out.", Arity = ArgumentArity.ZeroOrMore };
        var format = new Option<string>("--format") { Description = "json: the file for --of; github: a matrix of GitHub Actions; kubernetes: an Indexed Job.", DefaultValueFactory = static _ => "json" };
        format.AcceptOnlyFromAmong("json", "github", "kubernetes");
        var all = new Option<bool>("--all") { Description = "Every solution that git holds below the folder that is named, or else every project." };
        Option<string[]> platform = JobOptions.Platform(), context = JobOptions.Context();
        Option<bool> compare = JobOptions.CompareContexts();
        var runner = new Option<string[]>("--runner") { Description = "github: the label of the runner for a platform, as linux/arm64=my-arm." };
        var repository = new Option<string?>("--repository") { Description = "kubernetes: the address to clone; that of the remote origin where it is left out." };
        var podImage = new Option<string>("--pod-image") { Description = "kubernetes: the image of the pods, with the .NET SDK and git.", DefaultValueFactory = static _ => KubernetesManifest.DefaultPodImage };
        var dockerHost = new Option<string?>("--docker-host") { Description = "kubernetes: the address of an engine outside, instead of a privileged one in each pod." };
        var claim = new Option<string>("--claim") { Description = "kubernetes: the persistent volume claim that takes the results.", DefaultValueFactory = static _ => "reprogate-results" };
        var parallelism = new Option<int>("--parallelism") { Description = "kubernetes: how many pods run at once.", DefaultValueFactory = static _ => 4 };
        var command = new Command("matrix", "Prints the jobs of a repository.") { path, format, all, platform, context, compare, runner, repository, podImage, dockerHost, claim, parallelism };
        command.SetAction(async (parsed, cancellation) =>
        {
            string[] paths = parsed.GetValue(path) ?? [];
            var asked = new JobsAsked(paths, parsed.GetValue(all) || paths.Length == 0, JobOptions.Platforms(parsed.GetValue(platform)), JobOptions.Contexts(parsed.GetValue(context)), parsed.GetValue(compare), null, null, "auto");
            (Repo repo, JobMatrix matrix) = await CleanRoomJobs.MatrixAsync(asked, cancellation);
            matrix = matrix with { Commit = (await repo.GitAsync(cancellation, "rev-parse", "HEAD"))?.Trim() ?? throw new ToolException($"{repo.Root} has no commit, and a job on another machine builds a commit. Commit first.") };
            Console.Out.Write(parsed.GetValue(format) switch
            {
                "github" => GitHubMatrix.Write(matrix, Labels(parsed.GetValue(runner) ?? [])),
                "kubernetes" => KubernetesManifest.Write(matrix, new KubernetesSettings
                {
                    Repository = parsed.GetValue(repository) ?? await OriginAsync(repo, cancellation),
                    PodImage = parsed.GetValue(podImage)!,
                    DockerHost = parsed.GetValue(dockerHost) ?? "",
                    Claim = parsed.GetValue(claim)!,
                    Parallelism = Math.Max(1, parsed.GetValue(parallelism)),
                }, MergedSarif.Version),
                _ => Encoding.UTF8.GetString(JobMatrixFile.Write(matrix, MergedSarif.Version)),
            });
            return ExitCode.Clean;
        });
        return command;
    }

    private static Dictionary<string, string> Labels(string[] given)
    {
        var labels = new Dictionary<string, string>(StringComparer.Ordinal);
        foreach (string text in given)
        {
            string[] parts = text.Split('=', 2);
            if (parts.Length < 2 || !Job.IsPlatform(parts[0]) || parts[1].Length == 0)
            {
                throw new ToolException($"'{text}' names no runner of a platform, as linux/arm64=my-arm.");
            }

            labels[parts[0]] = parts[1];
        }

        return labels;
    }

    private static async Task<string> OriginAsync(Repo repo, CancellationToken cancellation)
    {
        string url = (await repo.GitAsync(cancellation, "config", "--get", "remote.origin.url"))?.Trim() ?? "";
        // A password in it does not belong into a manifest.
        return Uri.TryCreate(url, UriKind.Absolute, out Uri? address) && address.Scheme is "https" or "http" or "ssh" && !address.UserInfo.Contains(':', StringComparison.Ordinal)
            ? url
            : throw new ToolException("the pods have to clone the repository, and its remote origin is no https, http or ssh address without a password. Name one: --repository https://…");
    }
}
