using SwePlatform.Api.Repositories;
using Xunit;

namespace SwePlatform.Tests.Repositories;

public sealed class ReplicaFolderTests : IDisposable
{
    private readonly string _root = Directory.CreateTempSubdirectory("swe-replicas-").FullName;

    [Fact]
    public void Replicas_on_one_machine_have_a_folder_each_and_find_it_again()
    {
        using var first = new ReplicaFolder();
        using var third = new ReplicaFolder();
        using (var second = new ReplicaFolder())
        {
            Assert.Equal(_root, first.Claim(_root));
            Assert.Equal(Path.Combine(_root, "replica-2"), second.Claim(_root));
            Assert.Equal(Path.Combine(_root, "replica-3"), third.Claim(_root));
            Assert.Equal(_root, first.Claim(_root));
        }

        using var next = new ReplicaFolder();

        Assert.Equal(Path.Combine(_root, "replica-2"), next.Claim(_root));
    }

    public void Dispose() => Directory.Delete(_root, recursive: true);
}
